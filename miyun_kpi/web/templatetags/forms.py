"""Tags of the fields of a form, of what is wrong in it, and of a conflict (builtins: no {% load %} needed)."""

from typing import Any

from django.forms import BaseForm, BoundField
from django.forms.utils import flatatt
from django.template import Library, RequestContext
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from miyun_kpi.web.context import Frame
from miyun_kpi.web.forms import OFFERS_ORGANISATIONS

register = Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: RequestContext) -> SafeString:
    """Django's own hidden field, and beside it the post for which the form was drawn (accounts.middleware.SamePost)."""
    plain = SafeString(CsrfTokenNode().render(context))
    request = context.get("request")
    post = Frame(request).acting_post if request is not None else ""
    return format_html('{}<input type="hidden" name="acting_post" value="{}">', plain, post) if post else plain


@register.simple_tag
def offers_organisations() -> SafeString:
    """Attributes of an input in which an organisation is typed."""
    return flatatt(OFFERS_ORGANISATIONS)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, help: str = "", label: str = "", optional: bool = False) -> dict[str, Any]:
    """Label above, control, help, sentences of what is wrong; the control is tied to both for people who hear the page."""
    described = [f"{bound.id_for_label}-help"] if help or bound.help_text else []
    described += [f"{bound.id_for_label}-problem"] if bound.errors else []
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attributes),
        "help": help or bound.help_text,
        "label": label or bound.label,
        "optional": optional,
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm, title: str = "") -> dict[str, Any]:
    """All errors at once, each a link to its field. Nothing when there are none."""
    problems = [(bound.id_for_label, bound.label, sentence) for bound in form for sentence in bound.errors]
    return {"problems": problems, "general": form.non_field_errors() if form.is_bound else [], "title": title}


@register.inclusion_tag("components/conflict.html")
def conflict(title: str, opened: Any, stored: Any, typed: Any, acts: str = "") -> dict[str, Any]:
    """The three values of a conflict, each {value, who, note}; `acts`: buttons as safe HTML, the stored value first."""
    return {"title": title, "opened": opened, "stored": stored, "typed": typed, "acts": acts}
