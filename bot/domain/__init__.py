"""The rules: values in, values out, with the time passed in."""
