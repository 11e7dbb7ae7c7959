from django import forms


class SignInForm(forms.Form):
    username = forms.CharField(label="用户名", max_length=60)
    password = forms.CharField(label="密码", max_length=200, strip=False, widget=forms.PasswordInput)


class ChangePasswordForm(forms.Form):
    old = forms.CharField(label="现在的密码", strip=False, widget=forms.PasswordInput)
    new = forms.CharField(label="新密码（至少 10 个字符）", strip=False, widget=forms.PasswordInput)
    again = forms.CharField(label="再输入一次新密码", strip=False, widget=forms.PasswordInput)

    def clean(self) -> dict[str, str]:
        values = super().clean() or {}
        if values.get("new") and values.get("again") and values["new"] != values["again"]:
            self.add_error("again", "两次输入的新密码不一样，请重新输入。")
        return values
