"""What a run is made from: notebook, parameters, modules, data, versions, and the stamp that says so."""
