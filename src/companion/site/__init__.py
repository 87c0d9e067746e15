"""From the stage to what is opened: rendering, serving, printing, cards."""
