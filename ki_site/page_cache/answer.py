"""What Django answers, before it goes anywhere."""

# Whoever sets one of these says by itself what is to be done with the answer.
NOT_FOR_EVERYBODY = ("set-cookie", "cache-control", "content-encoding", "content-range")


class Answer:
    """As a context it closes what Django gave, unless that is passed on as it is."""

    status, headers, result = "", [], ()
    is_passed_on = False

    def start_response(self, status, headers, exc_info=None):
        self.status, self.headers = status, headers

    @property
    def is_failure(self):
        return self.status.startswith("5")

    @property
    def is_for_everybody(self):
        headers = {name.lower(): value for name, value in self.headers}
        return (
            self.status.startswith("200 ")
            and headers.keys().isdisjoint(NOT_FOR_EVERYBODY)
            and headers.get("vary", "accept-encoding").lower() == "accept-encoding"
        )

    @property
    def body(self):
        return b"".join(self.result)

    def pass_on(self, start_response):
        start_response(self.status, self.headers)
        self.is_passed_on = True
        return self.result

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        if not self.is_passed_on and hasattr(self.result, "close"):
            self.result.close()
