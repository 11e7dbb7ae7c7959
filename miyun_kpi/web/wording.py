"""The sentences of the framework's fields in the words of the house, and days that can be meant. Applied once, at start."""

from datetime import date

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from rest_framework import serializers

# Births and old files lie behind the first, terms of any contract before the second.
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
SAID = f"日期须在 {EARLIEST.year} 年至 {LATEST.year} 年之间，请核对年份。"


def require_meant(value: date) -> None:
    """A year like 1 or 9999 is a slip of the hand, and sorts before or after everything."""
    if not EARLIEST <= date(value.year, value.month, value.day) <= LATEST:
        raise ValidationError(SAID, code="odd-year")


def require_meant_api(value: date) -> None:
    if not EARLIEST <= date(value.year, value.month, value.day) <= LATEST:
        raise serializers.ValidationError(SAID, code="odd-year")


def apply() -> None:
    validators.MaxValueValidator.message = "不能大于 %(limit_value)s，请核对。"
    validators.MinValueValidator.message = "不能小于 %(limit_value)s，请核对。"
    validators.MaxLengthValidator.message = "超过 %(limit_value)d 字（现在 %(show_value)d 字），请精简。"
    validators.MinLengthValidator.message = "少于 %(limit_value)d 字（现在 %(show_value)d 字），请写全。"
    validators.ProhibitNullCharactersValidator.message = "含有读不出的字符，请删去重写。"
    validators.DecimalValidator.messages = {
        "invalid": "请写阿拉伯数字。",
        "max_digits": "超过 %(max)s 位数字，请核对。",
        "max_decimal_places": "至多 %(max)s 位小数，系统不代为舍入。",
        "max_whole_digits": "小数点前超过 %(max)s 位，请核对。",
    }
    forms.Field.default_error_messages = {"required": "是空白，请填写。"}
    forms.IntegerField.default_error_messages = {"invalid": "请写整数。"}
    forms.DecimalField.default_error_messages = {"invalid": "请写阿拉伯数字。"}
    forms.DateField.default_error_messages = {"invalid": "日期读不懂，请写成 2020-09-25。"}
    forms.ChoiceField.default_error_messages = {"invalid_choice": "没有“%(value)s”这一项，请从列出的里面选。"}
    forms.MultipleChoiceField.default_error_messages = {
        "invalid_choice": "没有“%(value)s”这一项，请从列出的里面选。",
        "invalid_list": "选的几项读不出，请从列出的里面选。",
    }
    forms.ModelChoiceField.default_error_messages = {"invalid_choice": "没有“%(value)s”这一项，请从列出的里面选。"}
    forms.DateField.default_validators = [require_meant]
    serializers.DateField.default_validators = [require_meant_api]  # type: ignore[misc]  # the class is patched once, for every date field
