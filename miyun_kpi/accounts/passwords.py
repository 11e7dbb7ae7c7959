"""The rules for new passwords, each refused in one sentence of our own whatever the language of the process."""

from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.min_length:
            raise ValidationError(f"新密码太短，没有修改。至少 {self.min_length} 个字符。", code="password_too_short")


class UserAttributeSimilarityValidator(password_validation.UserAttributeSimilarityValidator):
    def validate(self, password: str, user: Any = None) -> None:
        try:
            super().validate(password, user)
        except ValidationError:
            sentence = "新密码与用户名或姓名太相似，没有修改。请换一个。"
            raise ValidationError(sentence, code="password_too_similar") from None


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    def validate(self, password: str, user: Any = None) -> None:
        try:
            super().validate(password, user)
        except ValidationError:
            raise ValidationError("新密码太常见，没有修改。请换一个。", code="password_too_common") from None


class NumericPasswordValidator(password_validation.NumericPasswordValidator):
    def validate(self, password: str, user: Any = None) -> None:
        if password.isdigit():
            raise ValidationError("新密码全是数字，没有修改。请加上字母。", code="password_entirely_numeric")
