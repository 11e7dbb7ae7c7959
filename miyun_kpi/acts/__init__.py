"""One business act: right → locks → version → state → change → event → notice → audit, in this order for every door."""
