from disclosure.models.application import Application, ApplicationEvent, Challenge, Extension, Hold
from disclosure.models.release import Consultation, Package, PackageItem, Review, ThirdParty

__all__ = [
    "Application",
    "ApplicationEvent",
    "Challenge",
    "Consultation",
    "Extension",
    "Hold",
    "Package",
    "PackageItem",
    "Review",
    "ThirdParty",
]
