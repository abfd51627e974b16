"""What all errors of the house have in common."""


class LabError(ValueError):
    """Something that whoever calls can mend: the message is a sentence that names it, what came and what to do.

    Every error of the house is one. Anything else that is raised is a defect of the house, or the machine's.
    """
