from disclosure.models.application import Application, ApplicationEvent, Challenge, Extension, FormerNumber, Hold
from disclosure.models.release import Consultation, FormerLink, Package, PackageItem, Review, ThirdParty

__all__ = [
    "Application",
    "ApplicationEvent",
    "Challenge",
    "Consultation",
    "Extension",
    "FormerLink",
    "FormerNumber",
    "Hold",
    "Package",
    "PackageItem",
    "Review",
    "ThirdParty",
]
