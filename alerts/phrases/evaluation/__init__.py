"""Running the scanner on a file of labelled utterances."""
