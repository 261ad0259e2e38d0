def leave():
    raise SystemExit(("not", "an", "int"))


leave()
