from django.db import models


class SentForm(models.Model):
    """A form that an act was carried out for, written in the transaction of the act; kept ten minutes.

    `location`: where it led, empty until the answer went out; `sender`: the request that claimed it.
    """

    key = models.CharField("表单", max_length=64, primary_key=True)
    sender = models.CharField("请求", max_length=32)
    location = models.TextField("去向", blank=True)
    sent_at = models.DateTimeField("时间", db_index=True)

    class Meta:
        verbose_name = "已经办过的表单"
