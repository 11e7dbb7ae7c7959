from django import forms

from miyun_kpi.acts.enums import TwoPersonState


class FilterForm(forms.Form):
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *TwoPersonState.choices])
