"""Typical wrong answers to the exercises: for each check, words of its hint and the mistake.

The sources see what the pages see (`exercise_pages.WORLD`).
"""

TURN = "2 * math.pi"
SOFT = "torch.softmax(x, dim=1)"
OURS = "if r['setting'] == setting"
FRONT, SIDE = "a.abs() <= 30", "a.abs() >= 60"
COST = "r['rounded_error_deg'] - r['error_deg']"
GAIN = "(torch.tensor(f) - torch.tensor(x))"
MEAN_AND_ERROR = f"({GAIN}.mean(), {GAIN}.std() / len(f) ** 0.5)"
APART = "((torch.tensor(f).var() + torch.tensor(x).var()) / len(f))"
WISH = "d + c + m"
RISE = "(w * k).sum()"
KEPT = "torch.isin(v, torch.tensor(k))"
COSTS = "dict(axonal=n, dendritic=h, synaptic=n * h, recurrent=h * h)"
LEFT = "a * v * (1 - s)"
MISTAKES = {
    "exercise_0_1": {
        "nobody has changed places": "lambda s: s",
        "reverse order": "lambda s: s.flip(1)",
        "time run backwards": "lambda s: s.flip(0)",
        "the same ear": "lambda s: torch.cat([s[:, 100:], s[:, 100:]], dim=1)",
        "dim=0": "lambda s: torch.cat([s[:, 100:], s[:, :100]])",
        r"yours is \(150, 100\)": "lambda s: s[:, 100:]",
        r"yours is \(150, 198\). A slice ends": (
            "lambda s: torch.cat([s[:, 100:199], s[:, 0:99]], dim=1)"
        ),
        "channels 100 to 199": "lambda s: s.roll(50, 1)",
    },
    "exercise_0_2": {
        "right ear: the left one": "lambda s: torch.cat([s[..., :100], s[..., 100:] & False], 2)",
        "both ears are deaf": "lambda s: s & False",
        "silenced the recording": "def f(s):\n    s[..., :100] = False\n    return s",
        "first 100 ms": "def f(s):\n    s = s.clone()\n    s[:, :100] = False\n    return s",
        "still speaks": "def f(s):\n    s = s.clone()\n    s[:100] = False\n    return s",
        "have changed": "lambda s: torch.cat([s[..., :100] & False, s[..., 100:].flip(1)], 2)",
        "still has its fibres": "lambda s: s[..., 100:]",
        r"channel 99 of the left ear still speaks\. A slice ends \*before\*": (
            "def f(s):\n    s = s.clone()\n    s[..., 0:99] = False\n    return s"
        ),
        "a part of the left ear still speaks, channels 0: it has channels 0 to 99": (
            "def f(s):\n    s = s.clone()\n    s[..., 1:100] = False\n    return s"
        ),
        "a part of the left ear still speaks, channels 10, 11, 12, ...:": (
            "def f(s):\n    s = s.clone()\n    s[..., :10] = False\n    return s"
        ),
        "is there or it is not": "lambda s: s * 2.0",
    },
    "exercise_1_1": {
        "sign is lost": "lambda ipd, hz: abs(ipd) / 360 * 1000 / hz",
        "wrong sign": "lambda ipd, hz: -ipd / 360 * 1000 / hz",
        "in seconds": "lambda ipd, hz: ipd / 360 / hz",
        "not 180": "lambda ipd, hz: ipd / 180 * 1000 / hz",
        "360 degrees": f"lambda ipd, hz: ipd / ({TURN}) * 1000 / hz",
        "20 Hz only": "lambda ipd, hz: ipd / 360 * 50",
        "at 20 Hz .* 5.556 ms; yours are 800": "lambda ipd, hz: ipd * hz",
        "at 20 Hz .* yours are 5.6 ms": "lambda ipd, hz: round(ipd / 360 * 1000 / hz, 1)",
    },
    "exercise_1_2": {
        "crowd on one side .* reach 1[0-9] %": "lambda n, g: torch.rand(n, generator=g)",
        "crowd on one side .* reach 5[0-9] %": "lambda n, g: math.pi * torch.rand(n, generator=g)",
        "degrees": "lambda n, g: 360 * torch.rand(n, generator=g)",
        "don't come from `generator`": f"lambda n, g: {TURN} * torch.rand(n)",
        "nothing is left to chance": f"lambda n, g: torch.linspace(0, {TURN}, n)",
        "needs one phase": f"lambda n, g: {TURN} * torch.rand(n, 1, generator=g)",
        "one number is copied 1000 times": "lambda n, g: torch.rand(1, generator=g).repeat(n)",
        "moves on by the same step": (
            f"lambda n, g: {TURN} * torch.rand(1, generator=g) + torch.arange(n)"
        ),
        "depends on the one before": (
            "lambda n, g: math.pi * torch.rand(n, generator=g).cumsum(0)"
        ),
        "a phase of 1000; a phase is in radians": (
            "lambda n, g: 500 + 500 * torch.rand(n, generator=g).round(decimals=2)"
        ),
        "equally likely": f"lambda n, g: {TURN} / 2 * torch.randint(0, 2, (n,), generator=g)",
    },
    "exercise_1_3": {
        "whole": "lambda bound: 45 / bound",
        "rounded down": "lambda bound: math.floor(45 / bound)",
        "one too many": "lambda bound: int(45 / bound) + 1",
        "twice as many": "lambda bound: math.ceil(90 / bound)",
        "as wide as the bound": "lambda bound: math.ceil(180 / bound)",
        "0.85° you say 12.5, and a number of classes is whole": "lambda bound: 12.5",
        "2.0° you say 22, and that many have a floor of 2.045°": "lambda bound: round(45 / bound)",
        "3.75° you say 16, but 12": "lambda bound: 16 if bound == 3.75 else math.ceil(45 / bound)",
        "at least one class": "lambda bound: -math.ceil(45 / bound)",
    },
    "exercise_2_1": {
        "heard before it was sent": "lambda train, d: train.roll(d)",
        "came 3 steps early": "lambda train, d: torch.cat([train[d:], 0 * train[:d]])",
        "grew from 20 to 23": "lambda train, d: torch.cat([0 * train[:d], train])",
        r"has shape \(17,\), not \(20,\). What enters": "lambda train, d: train[: len(train) - d]",
        r"has shape \(0,\).* `train\[:-0\]`": (
            "lambda train, d: torch.cat([0 * train[:d], train[:-d]])"
        ),
        r"RuntimeError: .*\. With d = 0, .* `train\[:-0\]`": (
            "def f(train, d):\n"
            "    late = torch.zeros_like(train)\n"
            "    late[d:] = train[:-d]\n"
            "    return late"
        ),
        "did not move": "lambda train, d: train.clone()",
        "too many": "lambda train, d: torch.cat([0 * train[: d + 1], train[: len(train) - d - 1]])",
        "changed the train": (
            "def f(train, d):\n"
            "    train[d:] = train[: len(train) - d].clone()\n"
            "    train[:d] = 0\n"
            "    return train"
        ),
    },
    "exercise_2_2": {
        "enough for one layer": "lambda s, e, n: s - e",
        "whole steps": "lambda s, e, n: (s - e) / n",
        "rounded up": "lambda s, e, n: math.ceil((s - e) / n)",
        "all of it is clipped": "lambda s, e, n: s // n",
        "negative: what may be lost": "lambda s, e, n: (e - s) // n",
        "to wait -50 steps is impossible": "lambda s, e, n: int((e - s) / n)",
        "to wait 50.5 steps is impossible": "lambda s, e, n: (s - e) // n + 0.5",
        "once, not once for each": "lambda s, e, n: s // n - e",
        "more is clipped than was sent": "lambda s, e, n: (s + e) // n",
        "one layer short": "lambda s, e, n: (s - e) // (n - 1)",
        "one share too many": "lambda s, e, n: (s - e) // (n + 1)",
        "turn the rule round": "lambda s, e, n: e + n * s",
        "4 layers of up to 21 steps leave the last one 71 of 155": (
            "lambda s, e, n: (s - e) // n - 2 * (n == 4)"
        ),
        "up to 125 steps use up all 250": "lambda s, e, n: s // 2",
    },
    "exercise_2_3": {
        "shortest": "lambda x: min(m for m, b in zip(longest, bounds) if b < x)",
        "first one that breaks": "lambda x: min(m for m, b in zip(longest, bounds) if b >= x)",
        "window which is left": "lambda x: 150 - max(m for m, b in zip(longest, bounds) if b < x)",
        r"a place in the list.* `longest\[place\]`": (
            "lambda x: max(k for k, b in enumerate(bounds) if b < x)"
        ),
        "how many waits": "lambda x: sum(b < x for b in bounds)",
        "bound in degrees": "lambda x: max(b for b in bounds if b < x)",
        "1.2° only": "lambda x: max(m for m, b in zip(longest, bounds) if b < 1.2)",
        "whatever the limit": "lambda x: max(longest)",
        "nearest": "lambda x: min(longest, key=lambda m: abs(bounds[m // 10] - x))",
        "for 1.2° you say 55": "lambda x: 55",
        "for 2.0° you say 130": (
            "lambda x: max(m for m, b in zip(longest, bounds) if b < x) + 10 * (x == 2)"
        ),
    },
    "exercise_3_1": {
        "wrong sign": "lambda d, steps: 2 * d / steps",
        "align_corners=True": "lambda d, steps: -2 * d / (steps - 1)",
        "half a delay": "lambda d, steps: -d / steps",
        "in rows": "lambda d, steps: -d",
        "narrower": "lambda d, steps: -2 * d * steps",
        "d = 3 in 20 rows a spike would move by 6": "lambda d, steps: -4 * d / steps",
        "d = 5 in 200 rows a spike would move by 50": "lambda d, steps: -d / 10",
    },
    "exercise_3_2": {
        "sign is wrong": "lambda newer, row, older, f: row - older",
        "mean is for the kink": "lambda newer, row, older, f: (older - newer) / 2",
        "not in play": "lambda newer, row, older, f: row - newer",
        "drops out": "lambda newer, row, older, f: f * (older - row)",
        "you say 2": "lambda newer, row, older, f: older - row if f > 0.2 else row - 1",
        "right-hand": "lambda newer, row, older, f: older - row",
        "left-hand": "lambda newer, row, older, f: older - row if f else row - newer",
        "twice the mean": "lambda newer, row, older, f: older - row if f else older - newer",
        "not of the rows": "lambda newer, row, older, f: older - row if f else (older + newer) / 2",
        "there is a slope": "lambda newer, row, older, f: older - row if f else 0",
    },
    "exercise_3_3": {
        "climbs": "lambda d, g, r, m: min(max(d + r * g, 0), m)",
        "rate is not used": "lambda d, g, r, m: min(max(d - g, 0), m)",
        "did not move": "lambda d, g, r, m: min(max(d, 0), m)",
        "a dead delay": "lambda d, g, r, m: min(max(d, 0), m) - r * g",
        "the upper edge holds": "lambda d, g, r, m: min(d - r * g, m)",
        "the lower edge holds": "lambda d, g, r, m: max(d - r * g, 0)",
        "10 to 9.9 leads back": "lambda d, g, r, m: round(min(max(float(d - r * g), 0), m))",
        "leads to 9, ten": "lambda d, g, r, m: torch.floor(torch.clamp(d - r * g, 0, m))",
        "9.9, not to 9.95": "lambda d, g, r, m: d - g * (r if r > 0.2 else 0.05)",
        "not taken at all": "lambda d, g, r, m: d - r * g if 0 <= d - r * g <= m else d",
        "nearest allowed": "lambda d, g, r, m: min(max(d - r * g, 1), m - 1.5)",
        "stops at 1 and at 49, and the edges": (
            "lambda d, g, r, m: torch.clamp(d - r * g, 1, m - 1)"
        ),
        "gradient of 2 should lead back to 48, and yours leads to 50": (
            "lambda d, g, r, m: torch.clamp(d - r * g, 0, m) if d < 50 else d"
        ),
    },
    "exercise_4_1": {
        "square is missing": "lambda u, b: 1 / (1 + b * u.abs())",
        "the fast sigmoid itself": "lambda u, b: u / (1 + b * u.abs())",
        r"not implemented for 'Float'.* In Python `\^` is no power: write `\*\*`": (
            "lambda u, b: 1 / (1 + b * u.abs()) ^ 2"
        ),
        "times b": "lambda u, b: b / (1 + b * u.abs()) ** 2",
        "b is not used": "lambda u, b: 1 / (1 + u.abs()) ** 2",
        "not added to it": "lambda u, b: 1 / (b + u.abs()) ** 2",
        r"\|u\|": "lambda u, b: 1 / (1 + b * u) ** 2",
        "the sigmoid's": "lambda u, b: b * torch.sigmoid(b * u) * (1 - torch.sigmoid(b * u))",
        "b = 10, 0 away .* 1/1, which is 1; yours is 2": "lambda u, b: 2 / (1 + b * u.abs())",
        "b = 4, 0.5 away .* 0.1111; yours is 0.02778": "lambda u, b: 1 / (1 + 10 * u.abs()) ** 2",
    },
    "exercise_4_2": {
        "threshold is not used": "lambda tau, h=1: 1 - math.exp(-1 / tau)",
        r"hands 2 values to your function, and it takes \(tau\): keep its first line": (
            "lambda tau: 1 - math.exp(-1 / tau)"
        ),
        "divided": "lambda tau, h=1: h / (1 - math.exp(-1 / tau))",
        "is \\*left\\*": "lambda tau, h=1: h * math.exp(-1 / tau)",
        "exponent is lost": "lambda tau, h=1: h * (1 - math.exp(1 / tau))",
        "infinitely short": "lambda tau, h=1: h / tau",
        "at 2 ms and threshold 1 you say 1. .* 0.69.* fires already": "lambda tau, h=1: h",
        "at 2 ms .* you say 0.181. .* leaves it silent, and that is more": "lambda tau, h=1: 0.181",
        "at 5 ms and threshold 1 you say 0.18. A current of 0.1806 leaves it silent": (
            "lambda tau, h=1: 0.18 if tau == 5 else h * (1 - math.exp(-1 / tau))"
        ),
        "at 20 ms and threshold 2": "lambda tau, h=1: (1 - math.exp(-1 / tau)) / h",
    },
    "exercise_4_3": {
        "negative steps": "lambda tau: -tau * math.log(2)",
        "divided": "lambda tau: math.log(2) / tau",
        "63 %": "lambda tau: tau",
        "half of tau": "lambda tau: tau / 2",
        "base 10": "lambda tau: tau * math.log10(2)",
        "don't round": "lambda tau: round(tau * math.log(2))",
        "first whole step": "lambda tau: math.ceil(tau * math.log(2))",
        "at 5 ms, .* 86.47 % of a full share": "lambda tau: 2 * tau",
        "at 20 ms, .* 15.91 % of a full share": "lambda tau: 3.4657",
    },
    "exercise_5_1": {
        "dim=0 the sounds": "lambda x, m: torch.softmax(x, dim=0) @ m",
        "argmax": "lambda x, m: m[x.argmax(1)]",
        "not probabilities": "lambda x, m: x @ m",
        "add up to 1 for each": "lambda x, m: x.exp() @ m",
        "twelve times": f"lambda x, m: ({SOFT} * m).mean(1)",
        "in degrees": f"lambda x, m: torch.rad2deg({SOFT} @ m)",
        r"shape is \(7, 12\)": f"lambda x, m: {SOFT} * m",
        r"shape \(7,\), not \(7, 1\)": f"lambda x, m: {SOFT} @ m[:, None]",
        "lie among": f"lambda x, m: {SOFT} @ m + 3",
    },
    "exercise_5_2": {
        "wrong sign": f"lambda rows, setting: [-({COST}) for r in rows {OURS}]",
        "from all settings": f"lambda rows, setting: [{COST} for r in rows]",
        "not yet its difference": (
            f"lambda rows, setting: [r['rounded_error_deg'] for r in rows {OURS}]"
        ),
        "a list is wanted.* returns a single number": (
            f"lambda rows, setting: sum({COST} for r in rows {OURS}) / 5"
        ),
        "argmax": (
            "lambda rows, setting: "
            f"[r['rounded_error_deg'] - r['argmax_error_deg'] for r in rows {OURS}]"
        ),
        '"learned" only': (
            f"lambda rows, setting: [{COST} for r in rows if r['setting'] == 'learned']"
        ),
        r"no attribute 'setting'\. Each row is a dictionary": (
            "lambda rows, setting: [r.rounded_error_deg for r in rows if r.setting == setting]"
        ),
        "want 5 differences, not 4": f"lambda rows, setting: [{COST} for r in rows {OURS}][1:]",
    },
    "exercise_6_1": {
        "right for axonal delays": "lambda f, h, kind: f * f",
        "belongs to the fibre": "lambda f, h, kind: h * f * f",
        "exchanged": "lambda f, h, kind: h * f * f if kind == 'axonal' else f * f",
        "a lag is a pair": "lambda f, h, kind: f if kind == 'axonal' else h * f",
        r"those are the \*delays": "lambda f, h, kind: 2 * f * (1 if kind == 'axonal' else h)",
        "of their own ear": "lambda f, h, kind: (2 * f) ** 2 * (1 if kind == 'axonal' else h)",
        "its own synapses only": "lambda f, h, kind: (f * (1 if kind == 'axonal' else h)) ** 2",
        "synapses of one ear": "lambda f, h, kind: f * h",
        "right for axonal.* each neuron has f × f": (
            "lambda f, h, kind: f * f if kind == 'axonal' else f * h"
        ),
        "2 fibres.* synaptic delays you say 7": (
            "lambda f, h, kind: f * f if kind == 'axonal' else f * f + h"
        ),
        "3 hidden neurons and axonal delays you say 5": "lambda f, h, kind: f + h",
    },
    "exercise_6_2": {
        "mean comes first": f"lambda f, x: ({MEAN_AND_ERROR})[::-1]",
        "wrong sign": f"lambda x, f: {MEAN_AND_ERROR}",
        "signs are lost": f"lambda f, x: ({GAIN}.abs().mean(), 1)",
        "sum of the gains": "lambda f, x: (sum(f) - sum(x), 1)",
        "of the frozen ones": "lambda f, x: (sum(f) / len(f), 1)",
        "says 2": f"lambda f, x: ({GAIN}.median(), 1)",
        r"\*one\* pair": f"lambda f, x: ({GAIN}.mean(), {GAIN}.std())",
        "not by n": f"lambda f, x: ({GAIN}.mean(), {GAIN}.std() / len(f))",
        "take the root": f"lambda f, x: ({GAIN}.mean(), {GAIN}.var() / len(f))",
        "by n - 1": f"lambda f, x: ({GAIN}.mean(), {GAIN}.std(correction=0) / len(f) ** 0.5)",
        "counted twice": f"lambda f, x: ({GAIN}.mean(), {GAIN}.std() / (len(f) - 1) ** 0.5)",
        "forgets the pairs": f"lambda f, x: ({GAIN}.mean(), {APART} ** 0.5)",
        "95 %": f"lambda f, x: ({GAIN}.mean(), 1.96 * {GAIN}.std() / len(f) ** 0.5)",
        r"should be .*0\.6633°.* √5; yours is 3°": f"lambda f, x: ({GAIN}.mean(), 3)",
        "returns a list of 5": f"lambda f, x: {GAIN}.tolist()",
        "returns a float": f"lambda f, x: {GAIN}.mean().item()",
        r"`frozen` and `learned` are lists": "lambda f, x: (f - x, 0)",
        r"3 pairs .* should be .*0\.57735°.* yours is 0\.57725°": (
            f"lambda f, x: ({GAIN}.mean(), {GAIN}.std() / len(f) ** 0.5 - 0.0001 * (len(f) == 3))"
        ),
    },
    "exercise_6_3": {
        "one delay for all": "lambda times: times.max()",
        r"shape \(4,\), not \(4, 4\)": "lambda times: times - times[:, None]",
        "who is early must wait": "lambda times: times - times.min()",
        "nobody waits": "lambda times: 0 * times",
        "before it is sent": "lambda times: -times",
        "together, but at 50 ms": "lambda times: 50 - times",
        "arrive at 8, 22, 2, 14": "lambda times: times",
    },
    "exercise_7_1": {
        "delay comes first": f"lambda d, c, m, top: ({WISH} - round({WISH}), round({WISH}))",
        "twice what": f"lambda d, c, m, top: (round({WISH}), round({WISH}) - ({WISH}))",
        "nothing is carried": f"lambda d, c, m, top: (round({WISH}), 0)",
        "what it did not get": f"lambda d, c, m, top: (round({WISH}), {WISH})",
        "save it twice": f"lambda d, c, m, top: (round({WISH}), c + {WISH} - round({WISH}))",
        "leaves -0.375": f"lambda d, c, m, top: (round({WISH}), m)",
        "old carry is not used": "lambda d, c, m, top: (round(d + m), d + m - round(d + m))",
        "not whole": f"lambda d, c, m, top: ({WISH}, 0)",
        "rounded down": f"lambda d, c, m, top: (int({WISH}), {WISH} - int({WISH}))",
        "other way": "lambda d, c, m, top: (round(d + c - m), d + c - m - round(d + c - m))",
        "25.375, so the delay is 25; yours is 26": f"lambda d, c, m, top: (round({WISH}) + 1, 0)",
        "walked back": f"lambda d, c, m, top: (n := min(max(round({WISH}), 0), top), {WISH} - n)",
        "your carry is -0.25, past the edge": (
            f"lambda d, c, m, top: (n, {WISH} - n) if 0 <= (n := round({WISH})) <= top "
            "else (0 if n < 0 else top, 0)"
        ),
        "from 0 a move of -0.25 leads to 1": (
            f"lambda d, c, m, top: (n := round(w := min(max({WISH}, 0), top)), w - n) "
            "if d not in (0, top) else (abs(d - 1), 0)"
        ),
        "lead to -2 and 53": f"lambda d, c, m, top: (round({WISH}), {WISH} - round({WISH}))",
        "the lower edge holds": (
            f"lambda d, c, m, top: (round(max({WISH}, 0)), max({WISH}, 0) - round(max({WISH}, 0)))"
        ),
        "the upper edge holds": f"lambda d, c, m, top: (n := round(w := min({WISH}, top)), w - n)",
        "not taken at all": (
            f"lambda d, c, m, top: (n := round(w := {WISH} if 0 <= {WISH} <= top else d), w - n)"
        ),
        "0 and 50 it leads to 1 and 49": (
            f"lambda d, c, m, top: (n := round(min(max({WISH}, 1), top - 1)), {WISH} - n)"
        ),
        "returns an int": f"lambda d, c, m, top: round({WISH})",
    },
    "exercise_7_2": {
        "nothing is taken out": "lambda before, after: after",
        "takes back the whole": "lambda before, after: before",
        r"corrected \*movement": "lambda before, after: (m := after - before) - m.mean()",
        "mean delay, not": "lambda before, after: after - after.mean()",
        "mean delay of before": "lambda before, after: after - before.mean()",
        "wrong sign": "lambda before, after: after + (after - before).mean()",
        "don't cancel": "lambda before, after: after - (after - before).abs().mean()",
        "four times": "lambda before, after: after - (after - before).sum()",
        "median": "lambda before, after: after - (after - before).quantile(0.5)",
        r"drifts by 0.5 steps": (
            "lambda before, after: after - sum((after - before).aminmax()) / 2"
        ),
        "keeps the mean, but shifts each": (
            "lambda before, after: before + (after - before).flip(0) - 2.5"
        ),
        r"drifts by 5 steps.* moves them by \+5, \+1, -3, \+7": (
            "lambda before, after: 2 * after - before"
        ),
        r"the shape should be \(4,\), and yours is \(\)": (
            "lambda before, after: (after - before).mean()"
        ),
    },
    "exercise_7_3": {
        "three gradients: sum below": f"lambda w, p, k: -p.sum() / {RISE}",
        r"shape of \(3, 3\)": "lambda w, p, k: -p[:, None] / (w * k)",
        "wrong sign": f"lambda w, p, k: p / {RISE}",
        r"gradient of the \*delays": f"lambda w, p, k: w * k / {RISE}",
        "without weight": f"lambda w, p, k: -w * p / {RISE}",
        "weigh the slopes": "lambda w, p, k: -p / k.sum()",
        "by all inputs together": "lambda w, p, k: -p / (w * k)",
        "threshold itself": "lambda w, p, k: -p / (w * p).sum()",
        "not its slope": f"lambda w, p, k: -k / {RISE}",
        "dV/dt is missing": "lambda w, p, k: -p",
        "Divide": f"lambda w, p, k: -p * {RISE}",
        r"input 0, .* that is -8.87; yours is 0\.5": "lambda w, p, k: w",
    },
    "exercise_8_1": {
        "membranes remember, too": "lambda longest, memory: sum(longest)",
        "no attribute 'sum'.*is a list, one number for each layer": (
            "lambda longest, memory: longest.sum() + memory"
        ),
        "right for one layer": "lambda longest, memory: sum(longest) + memory",
        "longest layer alone": "lambda longest, memory: max(longest) + memory",
        "only the longest delay": "lambda longest, memory: max(longest) + memory * len(longest)",
        "without delays": "lambda longest, memory: memory * len(longest)",
        "may differ": "lambda longest, memory: (max(longest) + memory) * len(longest)",
        "Add it": "lambda longest, memory: sum(longest) - memory * len(longest)",
        "no factor": "lambda longest, memory: sum(longest) * memory",
        "still has membranes": "lambda x, m: sum(y + m for y in x if y)",
        "however many": "lambda longest, memory: sum(longest) + 2 * memory",
        r"\[15, 15\] and a memory of 5 .* reach 40; you say 17": (
            "lambda longest, memory: len(longest) + longest[0]"
        ),
        r"\[25, 10, 40\] and a memory of 4 .* reach 87; you say 83": (
            "lambda longest, memory: sum(longest) + memory * min(len(longest), 2)"
        ),
    },
    "exercise_8_2": {
        "those are the delays": f"lambda n, h, kind: {COSTS}[kind]",
        r"an \*axon\* is": (
            f"lambda n, h, kind: n * h + ({COSTS} | dict(axonal=h, dendritic=n))[kind]"
        ),
        r"\*all\* hidden": f"lambda n, h, kind: n * h + ({COSTS} | dict(recurrent=h))[kind]",
        "hear itself": f"lambda n, h, kind: n * h + ({COSTS} | dict(recurrent=h * h - h))[kind]",
        "are still there": f"lambda n, h, kind: h * h if kind[0] == 'r' else n * h + {COSTS}[kind]",
        r"each \*connection\*, and": (
            f"lambda n, h, kind: n * h + ({COSTS} | dict(synaptic=n + h))[kind]"
        ),
        r"\*and\* a delay": f"lambda n, h, kind: n * h + ({COSTS} | dict(synaptic=0))[kind]",
        "not one delay for all": (
            f"lambda n, h, kind: n * h + ({COSTS} | dict(axonal=1, dendritic=1))[kind]"
        ),
        "right for .synaptic. only": "lambda n, h, kind: 2 * n * h",
        "dendritic: from 20 inputs to 30 neurons there are 600 weights, and 30 more": (
            f"lambda n, h, kind: n * h + ({COSTS} | dict(dendritic=n))[kind]"
        ),
    },
    "exercise_8_3": {
        "nobody hears anybody": f"lambda v, s, i, w, a: {LEFT} + i",
        "from outside": f"lambda v, s, i, w, a: {LEFT} + s @ w",
        "reset is missing": "lambda v, s, i, w, a: a * v + i + s @ w",
        "nothing leaks": "lambda v, s, i, w, a: v * (1 - s) + i + s @ w",
        "wrong way round": f"lambda v, s, i, w, a: {LEFT} + i + s @ w.T",
        "over sounds": f"lambda v, s, i, w, a: {LEFT} + i + w @ s",
        "stays inside": f"lambda v, s, i, w, a: {LEFT} + i + v @ w",
        "place by place": f"lambda v, s, i, w, a: {LEFT} + i + s * w",
        "take 1 - s": "lambda v, s, i, w, a: a * v * s + i + s @ w",
        "is reset and leaks": "lambda v, s, i, w, a: a * (v + i + s @ w) * (1 - s)",
        "hears nothing here": "lambda v, s, i, w, a: (a * v + i + s @ w) * (1 - s)",
        "takes the threshold away": "lambda v, s, i, w, a: a * v - s + i + s @ w",
        "Then what arrives": f"lambda v, s, i, w, a: {LEFT} + i + 2 * s @ w",
        "all that is left": "lambda v, s, i, w, a: v + i + s @ w",
        r"the shape should be \(4, 4\)": f"lambda v, s, i, w, a: ({LEFT} + i + s @ w)[0]",
        "a ring of 8 neurons it goes wrong at step 0": (
            f"lambda v, s, i, w, a: {LEFT} + i + s @ w if len(v) == 4 else v"
        ),
    },
    "exercise_9_1": {
        "keep the fraction": "lambda itd, dt: round(itd / 1000 / dt)",
        "the other one": "lambda itd, dt: -itd / 1000 / dt",
        "keep the sign": "lambda itd, dt: abs(itd) / 1000 / dt",
        "too long": "lambda itd, dt: itd / dt",
        "too short": "lambda itd, dt: itd * 1e-6 / dt",
        "delay in milliseconds": "lambda itd, dt: itd / 1000",
        "divide by the step": "lambda itd, dt: itd / 1000 * dt",
        "use `dt_ms`": "lambda itd, dt: itd / 100",
        "negative delay": "lambda itd, dt: max(0, itd / 1000 / dt)",
        r"for -240 µs .* be -2\.4, and yours is 0\.24": (
            "lambda itd, dt: (1 if itd > 0 else -0.1) * itd / 1000 / dt"
        ),
    },
    "exercise_9_2": {
        "two numbers are wanted": f"lambda a, e: e[{FRONT}].abs().mean()",
        "each by itself, and": f"lambda a, e: (e[{FRONT}].abs(), e[{SIDE}].abs())",
        "front first": f"lambda a, e: (e[{SIDE}].abs().mean(), e[{FRONT}].abs().mean())",
        "only the right side": f"lambda a, e: (e[{FRONT}].abs().mean(), e[a >= 60].abs().mean())",
        "either.* side": f"lambda a, e: (e[a <= 30].abs().mean(), e[{SIDE}].abs().mean())",
        "for the front and": "lambda a, e: (e[a <= 30].abs().mean(), e[a >= 60].abs().mean())",
        "cancel": f"lambda a, e: (e[{FRONT}].mean(), e[{SIDE}].mean())",
        "belongs to neither": (
            f"lambda a, e: (e[{FRONT}].abs().mean(), e[a.abs() > 30].abs().mean())"
        ),
        "comes too late": f"lambda a, e: (e[{FRONT}].mean().abs(), e[{SIDE}].mean().abs())",
        "both edges": "lambda a, e: (e[a.abs() < 30].abs().mean(), e[a.abs() > 60].abs().mean())",
        "mean square": f"lambda a, e: [(e[s] ** 2).mean() ** 0.5 for s in ({FRONT}, {SIDE})]",
        "medians": f"lambda a, e: (e[{FRONT}].abs().median(), e[{SIDE}].abs().median())",
        "are sums": f"lambda a, e: (e[{FRONT}].abs().sum(), e[{SIDE}].abs().sum())",
        "all sounds": f"lambda a, e: [e[s].abs().sum() / len(e) for s in ({FRONT}, {SIDE})]",
        "take the mean of the absolute error over": "lambda a, e: torch.stack([e[0], e[1]])",
    },
    "exercise_10_1": {
        "two masks are wanted, .* returns a tensor of shape": f"lambda v, k: {KEPT}",
        "other way round": f"lambda v, k: ({KEPT}, ~{KEPT})",
        "the words of voice 0, 2 are on both sides": f"lambda v, k: (v >= 0, {KEPT})",
        r"so many \*words\* from one end": (
            f"def f(v, k):\n"
            f"    n = {KEPT}.sum()\n"
            f"    return torch.arange(len(v)) >= n, torch.arange(len(v)) < n"
        ),
        "took them for numbers of words": (
            "def f(v, k):\n"
            "    test = torch.zeros(len(v), dtype=torch.bool)\n"
            "    test[k] = True\n"
            "    return ~test, test"
        ),
        "one of the voices only": "lambda v, k: (v != k[0], v == k[0])",
        r"all voices \*between\*": (
            "lambda v, k: ((v < min(k)) | (v > max(k)), (v >= min(k)) & (v <= max(k)))"
        ),
        r"each mask has .* shape \(5,\)": f"lambda v, k: (v[~{KEPT}], v[{KEPT}])",
        "holds other numbers": f"lambda v, k: (v + 1, {KEPT})",
        "voice 0 is on both sides: a": (
            "lambda v, k: (torch.arange(len(v)) % 3 > 0, torch.arange(len(v)) % 3 == 0)"
        ),
        "right for two kept voices": (
            "lambda v, k: ((v != k[0]) & (v != k[-1]), (v == k[0]) | (v == k[-1]))"
            " if len(k) > 1 else (v >= 0, v < 0)"
        ),
        "the words 1, 3, 4, 7, 8 are to test on, and yours are none": (
            "lambda v, k: (v >= 0, v < 0)"
        ),
    },
    "exercise_10_2": {
        "no part of a neuron": "lambda b, w, n: n * (2 * b + w) / (b + w)",
        "one too many": "lambda b, w, n: n * (2 * b + w) // (b + w) + 1",
        "twice as many would be right if": "lambda b, w, n: 2 * n",
        "fewer numbers that learn: its delays don't": "lambda b, w, n: n",
        r"may have \*more\* neurons": "lambda b, w, n: n * (b + w) // (2 * b + w)",
        "that is how many numbers learn": "lambda b, w, n: n * (2 * b + w)",
        "neurons of the frozen network have a readout": "lambda b, w, n: n * (2 * b + w) // b",
        "neurons with learned delays have a readout": "lambda b, w, n: n * 2 * b // (b + w)",
        "make 3200 numbers .* each neuron has 60, so 53 .* you say 60": "lambda b, w, n: b + w",
    },
    "exercise_10_3": {
        "no delay has changed its place": "lambda d, g: d",
        "in the same way": "lambda d, g: d[torch.randperm(len(d), generator=g)]",
        "nothing is left to chance": (
            "lambda d, g: torch.stack([c.roll(k + 1) for k, c in enumerate(d.T)], 1)"
        ),
        "from neuron to neuron": (
            "lambda d, g: d.gather(1, torch.rand(d.shape, generator=g).argsort(1))"
        ),
        "delays of other neurons": (
            "lambda d, g: d.flatten()[torch.randperm(d.numel(), generator=g)].view(d.shape)"
        ),
        "there twice": ("lambda d, g: d.gather(0, torch.randint(0, len(d), d.shape, generator=g))"),
        r"those are the \*places\*": "lambda d, g: torch.rand(d.shape, generator=g).argsort(0)",
        "a shuffle draws no new ones": "lambda d, g: 25 * torch.rand(d.shape, generator=g)",
        "given have changed": (
            "def f(d, g):\n"
            "    d.copy_(d.gather(0, torch.rand(d.shape, generator=g).argsort(0)))\n"
            "    return d"
        ),
        r"the shape should be \(12, 5\), and yours is \(5, 12\)": "lambda d, g: d.T",
    },
}
