try:
    raise ValueError("annotated")
except ValueError as e:
    e.add_note("first note")
    e.add_note("second note,\non two lines")
    raise
