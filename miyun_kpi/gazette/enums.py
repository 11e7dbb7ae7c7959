from django.db.models import TextChoices


class Subject(TextChoices):
    """The part of the site a document belongs to."""

    EVALUATION = "evaluation", "绩效考评"
    DISCLOSURE = "disclosure", "政务公开"
    SAFETY = "safety", "城市安全"
    FINANCE_POLICY = "finance_policy", "绿色金融"
    FARMLAND = "farmland", "耕地占补"
    WATER = "water", "水环境"
    POSTDOC = "postdoc", "博士后"
    PERSONNEL = "personnel", "人事任免"
