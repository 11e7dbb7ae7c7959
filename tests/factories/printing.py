"""Stands in for the maker of PDFs, whose libraries are not on every machine."""


class Printer:
    """Stands in for the maker of PDFs: keeps what it was given."""

    def __init__(self):
        self.html, self.css = "", []

    def CSS(self, string, url_fetcher):
        self.css.append(string)
        return string

    def HTML(self, string, url_fetcher):
        self.html, self.fetch = string, url_fetcher
        return self

    def write_pdf(self, stylesheets):
        assert stylesheets == self.css
        return b"%PDF-1.7 of the page"
