print("raises_mod starts")
ready = 1
raise ValueError("while importing")
