"""The mathematics, by object: networks, activations, bounds, spectra, scenes, data, training, plotting.

Nothing is imported here or in the packages below: a name is imported from the module that defines it. So what a
notebook imports can be read off its text, and is all that its stamp has to name.
"""
