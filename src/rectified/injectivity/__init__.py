"""When a ReLU layer or network maps no two inputs to one output, how stable its inverse is, and how to build one."""
