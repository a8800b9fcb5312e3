"""How a text is refused."""

from dossier.foundation.errors import Problem


class InvalidText(ValueError):
    """What is wrong with a text, each with line and column, from 1; whoever knows where the text stands puts the pointer before it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(problem.detail for problem in problems))
        self.problems = problems
