def load():
    import no_such_module_here.sub


load()
