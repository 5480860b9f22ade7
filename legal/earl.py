"""The accessibility statement for programs: EARL 1.0 as JSON-LD. It claims no outcome that nobody has seen."""

from dataclasses import dataclass

from django.urls import reverse

from contacts.languages import SOURCE_LANGUAGE
from pages.site import Site

from .declaration import Declaration, Status
from .models import Barrier

CONTEXT = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
PASSED, FAILED, CANNOT_TELL = "earl:passed", "earl:failed", "earl:cantTell"


def words(text, language):
    return {"@value": str(text), "@language": language}


def day(date):
    return {"@value": date.isoformat(), "@type": "xsd:date"}


def filled(node):
    """Without what nobody has entered."""
    return {name: value for name, value in node.items() if value not in (None, "")}


def outcome_of(kind, barrier):
    """What the law exempts was not tested, and what nobody has checked may turn out well."""
    return FAILED if kind in Barrier.EXCEPTIONS and barrier.is_certain else CANNOT_TELL


@dataclass
class Report:
    site: Site
    declaration: Declaration
    absolute: object  # completes an address

    @property
    def statement(self):
        return self.declaration.statement

    @property
    def url(self):
        return self.absolute(reverse("legal:statement", args=[self.site.language.tag, self.site.city.slug]))

    def ref(self, name):
        return {"@id": f"{self.url}#{name}"}

    @property
    def barriers(self):
        return [(group.kind, barrier) for group in self.declaration.groups for barrier in group.barriers]

    def content(self):
        return {"@context": CONTEXT, "@graph": [*self.things(), self.overall(), *self.results()]}

    def things(self):
        """The statement itself, and what its results speak of."""
        centre = self.site.city.centre_name
        return [
            self.document(),
            self.subject | {"@type": "earl:TestSubject", "dct:title": words(centre, SOURCE_LANGUAGE)},
            self.ref("assertor") | {"@type": ["earl:Assertor", "foaf:Agent"], "foaf:name": self.assertor_name},
            self.ref("program") | {"@type": ["earl:Assertor", "earl:Software"], "dct:title": "KI-Site"},
            self.ref("standard") | {"@type": "earl:TestRequirement", "dct:title": self.statement.standard},
        ]

    @property
    def subject(self):
        return {"@id": self.absolute(self.site.city.get_absolute_url())}

    def document(self):
        statement = self.statement
        return filled(
            {
                "@id": self.url,
                "@type": "foaf:Document",
                "dct:title": words(f"Erklärung zur Barrierefreiheit: {self.site.city.centre_name}", SOURCE_LANGUAGE),
                "dct:publisher": {"@type": "foaf:Organization", "foaf:name": self.site.city.authority},
                "dct:conformsTo": "(EU) 2018/1523",
                "dct:issued": statement.prepared_on and day(statement.prepared_on),
                "dct:modified": statement.reviewed_on and day(statement.reviewed_on),
            }
        )

    @property
    def assertor_name(self):
        """Who evaluated. As long as nobody has, the public body declares what it knows."""
        return self.statement.evaluator if self.declaration.is_evaluated else self.site.city.authority

    @property
    def mode(self):
        return "earl:manual" if self.declaration.is_evaluated else "earl:undisclosed"

    @property
    def date(self):
        return (self.declaration.is_evaluated and self.statement.evaluated_on) or self.statement.reviewed_on

    def overall(self):
        status = self.declaration.status
        # What the database tells of are duties beside the standard, and documents nobody has checked.
        written = {outcome_of(kind, barrier) for kind, barrier in self.barriers if not barrier.is_known}
        known_to_fail = status == Status.NONE or FAILED in written
        outcome = FAILED if known_to_fail else PASSED if status == Status.FULL else CANNOT_TELL
        return self.assertion("result", self.ref("standard"), outcome, words(status.label, self.site.language.tag))

    def results(self):
        return [self.result(number, *each) for number, each in enumerate(self.barriers, start=1)]

    def result(self, number, kind, barrier):
        language = self.site.language.tag if barrier.is_known else SOURCE_LANGUAGE
        text = words(f"{barrier.what} {barrier.reason} {barrier.alternative}", language)
        test = self.test(barrier)
        return self.assertion(f"result-{number}", test, outcome_of(kind, barrier), text, by_program=barrier.is_known)

    def test(self, barrier):
        if not barrier.criterion:
            return self.ref("standard")
        if barrier.is_known:
            return {"@type": "earl:TestRequirement", "dct:title": barrier.criterion}
        title = f"WCAG {barrier.criterion}"
        return {"@type": "earl:TestCriterion", "dct:title": title, "dct:isPartOf": self.ref("standard")}

    def assertion(self, name, test, outcome, text, by_program=False):
        """What the database tells of was found by the program; the rest as the statement says."""
        date = self.site.today if by_program else self.date
        return self.ref(name) | {
            "@type": "earl:Assertion",
            "earl:subject": self.subject,
            "earl:test": test,
            "earl:assertedBy": self.ref("program" if by_program else "assertor"),
            "earl:mode": {"@id": "earl:automatic" if by_program else self.mode},
            "earl:result": filled(
                {
                    "@type": "earl:TestResult",
                    "earl:outcome": {"@id": outcome},
                    "dct:description": text,
                    "dct:date": date and day(date),
                }
            ),
        }
