class ConfigError(Exception):
    pass


def read(d):
    try:
        return d["path"]
    except KeyError as e:
        raise ConfigError("no path given") from e


def start():
    try:
        read({})
    except ConfigError:
        print("reporting")
        raise RuntimeError("cannot start")


start()
