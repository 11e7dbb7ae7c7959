from disclosure.models.release import Consultation, Package, PackageItem, Review, ThirdParty

__all__ = ["Consultation", "Package", "PackageItem", "Review", "ThirdParty"]
