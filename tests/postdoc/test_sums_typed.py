"""One reader of money: as our pages print it, in full width, never by an exponent, in 27号 and in 21号."""

from decimal import Decimal

import pytest

from farmland.forms import MoneyForm
from postdoc.forms import BudgetForm, ClawbackForm, FigureForm, LedgerForm

FORMS = [
    (LedgerForm, "amount"),
    (ClawbackForm, "amount"),
    (BudgetForm, "amount"),
    (FigureForm, "value"),
    (MoneyForm, "amount"),
]
READ = {
    "16,000.00": "16000",
    "16000": "16000",
    "１６０００．５０": "16000.5",
    "１６，０００": "16000",
    " 16,000.00元 ": "16000",
    "1,234,567.89": "1234567.89",
}
REFUSED = ["1e4", "1E4", "16,00", "16.000,00", "1.234", "16 万元", "壹万", "9" * 40, "nan", "１ｅ４"]


@pytest.mark.parametrize(("form", "name"), FORMS)
@pytest.mark.parametrize(("typed", "value"), READ.items())
def test_what_the_pages_print_is_taken(form, name, typed, value):
    found = form({name: typed})
    found.is_valid()
    assert name not in found.errors and found.cleaned_data[name] == Decimal(value)


@pytest.mark.parametrize(("form", "name"), FORMS)
@pytest.mark.parametrize("typed", REFUSED)
def test_what_may_be_misread_is_refused(form, name, typed):
    found = form({name: typed})
    assert not found.is_valid() and found.errors[name], found.cleaned_data


def test_a_cut_of_the_budget_is_below_zero_and_nothing_else():
    assert not BudgetForm({"amount": "-1,000.00"}).errors.get("amount")
    assert LedgerForm({"amount": "-5"}).errors["amount"]
