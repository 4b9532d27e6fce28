"""Judge the exercises of a class (this is `make grade FILES=folder`).

    python -m tools.grading FOLDER [--out build/grades] [--jobs 2]

collect   which files there are, and whose
lessons   what the course asks: its cells, its exercises, its questions
reading   a student's notebook: which lesson, which answers, and the cells that an answer needs
judge     one process for each notebook: it calls the true checks and runs no line of a student
answers   an answer that lives in another process, as a function that a check can call
runner    that other process: it runs the cells
guard     the fence around it: `namespaces`, or `landlock`, by way of `kernel`; else `audit`
wire      what passes between the two: numbers, arrays and words, nothing that could act
beside    what a check wants beside the function: sounds, a network, a table
guesses   the guesses that a saved page holds
report    the table and the page

A verdict is made by `judge` from what an answer returns or raises, and from its text, which is only
read. So a student's code can break its own results, and nobody else's; to be called right, a
function must return the right values.
"""
