"""The rules for new passwords, each refused in one sentence of our own whatever the language of the process."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from miyun_kpi.accounts.models import PasswordRecord
from miyun_kpi.organisations.models import Organisation


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


# ── 等保 ─────────────────────────────────────────────────────────────────────────────────────────
# What anybody would try first here; the person's own name, unit and its code come on top.
WORDS = ("miyun", "beijing", "kpi", "kaoping", "kaohe", "jixiao", "password", "passwd", "mima", "admin", "welcome",
         "密云", "北京", "考评", "考核", "绩效", "密码")  # fmt: skip  # a list of words
# Of the codes of units ("mujiayu-zhen"): parts that say nothing of the one.
COMMON_PARTS = {"zhen", "jiedao", "diqu", "xiang"}
LEET = str.maketrans(
    {"@": "a", "4": "a", "0": "o", "1": "i", "!": "i", "3": "e", "$": "s", "5": "s", "7": "t", "8": "b"}
)
YEARS = re.compile(r"(?:19|20)\d\d")
LEFT = "没有修改。请换一个。"


def spellings(password: str) -> tuple[str, str]:
    """The letters as they are, and as they are meant: `P@ssw0rd2026` is password."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    meant = re.sub(r"^[\W_]+|[\W_]+$", "", YEARS.sub("", plain)).translate(LEET)
    return "".join(filter(str.isalpha, plain)), "".join(filter(str.isalpha, meant))


class ClassesValidator:
    """Three of four kinds of signs."""

    def validate(self, password: str, user: Any = None) -> None:
        kinds = {
            "upper" if sign.isupper() else "lower" if sign.islower() else "digit" if sign.isdigit() else "other"
            for sign in password
        }
        if len(kinds) < 3:
            sentence = "新密码的字符种类太少，没有修改。大写字母、小写字母、数字、其他符号至少用三种。"
            raise ValidationError(sentence, code="password_too_plain")


class ContextValidator:
    """No word of this house, however it is spelt, and no common word with a year."""

    def validate(self, password: str, user: Any = None) -> None:
        found = spellings(password)
        for word in (*WORDS, *self._own(user)):
            if any(word in one for one in found):
                raise ValidationError(f"新密码里有本系统、本单位或本人的名称，{LEFT}", code="password_of_this_house")
        rest = found[1]
        if YEARS.search(password) and (len(rest) < 4 or rest in CommonPasswordValidator().passwords):
            raise ValidationError(f"新密码只是常用的词加一个年份，{LEFT}", code="password_with_a_year")

    @staticmethod
    def _own(user: Any) -> Iterator[str]:
        if user is None or not user.pk:
            return
        for name in (user.username, user.display_name):
            yield from (
                part for part in re.split(r"[\W\d_]+", name.casefold()) if len(part) >= (3 if part.isascii() else 2)
            )
        for unit in Organisation.objects.filter(posts__user=user).distinct():
            parts = unit.code.split("-")
            yield from (part for part in (*parts, "".join(parts)) if len(part) >= 4 and part not in COMMON_PARTS)
            yield unit.name.removeprefix("区")


class HistoryValidator:
    """None of the last ones; and each that is set is kept, as its hash, with its day."""

    def __init__(self, kept: int = 5) -> None:
        self.kept = kept

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or not user.pk:
            return
        for record in PasswordRecord.objects.filter(user=user):
            if check_password(password, record.encoded):
                sentence = f"新密码是最近用过的，{LEFT}最近 {self.kept} 次用过的都不能再用。"
                raise ValidationError(sentence, code="password_used_before")

    def password_changed(self, password: str, user: Any = None) -> None:
        """Django calls this whenever a new password of a person is stored."""
        PasswordRecord.objects.create(user=user, encoded=user.password)
        newest = PasswordRecord.objects.filter(user=user).values_list("pk", flat=True)
        older = [pk for place, pk in enumerate(newest) if place >= self.kept]
        PasswordRecord.objects.filter(pk__in=older).delete()
