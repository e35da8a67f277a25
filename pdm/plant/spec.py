"""What a plant file says, as frozen values; every number here is already in SI units."""

from msgspec import Struct, field

from pdm.records.block import Source


class Allowance(Struct, frozen=True):
    """What a channel may do without meaning anything: relative * |baseline| + absolute (SI)."""

    relative: float = 0.0
    absolute: float = 0.0


class Limits(Struct, frozen=True):
    """Plant limits in SI; each may be absent. The inner pair warns, the outer pair is critical."""

    low_low: float | None = None
    low: float | None = None
    high: float | None = None
    high_high: float | None = None


class ChannelSpec(Struct, frozen=True):
    """One channel of a machine or of a class.

    unit      : the unit the plant speaks of it in, for people; values inside are SI
    valid     : physically possible range in SI; a reading outside is refused as out_of_range
    per_frame : declared readings per frame; 0 where nobody declared it
    """

    quantity: str
    unit: str
    valid: tuple[float, float] | None = None
    limits: Limits = Limits()
    allowance: Allowance | None = None
    per_frame: int = 0


class Bearing(Struct, frozen=True):
    """Rolling-element bearing geometry; diameters in m, angle in rad."""

    elements: int
    element_diameter: float
    pitch_diameter: float
    contact_angle: float = 0.0


class Expected(Struct, frozen=True):
    """A fitted expectation of one channel from the channels that drive the machine, in SI.

    value = centre + sum(coefficients * (drivers - offsets)); scale : the residual on the line
    """

    drivers: tuple[str, ...]
    centre: float
    coefficients: tuple[float, ...]
    offsets: tuple[float, ...]
    scale: float


class Budget(Struct, frozen=True):
    """False alarms that people put up with, and how often healthy machines cross a line.

    per_day : a machine and day
    at_line : so many cross the line 1.0
    step    : how far the line has to rise for them to become e times rarer
    """

    per_day: float
    at_line: float
    step: float


class Pattern(Struct, frozen=True):
    """How the channels of a machine move together in health, fitted; see `models.pattern`.

    scales     : deviation of a channel, in SI, that is one unit, by channel
    loadings   : by channel, one number a component
    precisions : one number a component; beside : one number; the line is in them
    """

    scales: dict[str, float]
    loadings: dict[str, tuple[float, ...]]
    precisions: tuple[float, ...]
    beside: float


class Sisters(Struct, frozen=True):
    """What machines of a class have shown, for one of them that is new.

    machines : whose recordings it was learnt from
    wander   : by channel, how far it wanders about its own baseline: relative * |baseline| + absolute (SI)
    """

    machines: tuple[str, ...]
    wander: dict[str, Allowance]


class MachineClass(Struct, frozen=True):
    """What machines of one class have in common; `expected` by the channel that is explained.

    running : channels that tell whether a machine runs, the most trusted first; None: the usual ones do
    silent_ns : how long such a machine may be silent, 0 for ever; None where the plant's word counts
    pattern : how its channels move together
    budget : of false alarms; None: that of the plant counts
    sisters : what a new machine of it takes over from those that are known
    """

    name: str
    channels: dict[str, ChannelSpec] = field(default_factory=dict)
    expected: dict[str, Expected] = field(default_factory=dict)
    running: tuple[str, ...] | None = None
    silent_ns: int | None = None
    pattern: Pattern | None = None
    budget: Budget | None = None
    sisters: Sisters | None = None


MOUNTINGS = ("rigid", "flexible")
"""How stiff the support of a machine is, as in ISO 10816-3."""


class MachineSpec(Struct, frozen=True):
    """One declared machine; channels and `expected` are those of its class, with its own on top.

    path     : ISA-95 place, "site/area/line"; power in W; speed in Hz (revolutions a second)
    mounting : one of MOUNTINGS, "" where nobody says
    """

    asset: str
    machine_class: str = ""
    path: str = ""
    power: float | None = None
    speed: float | None = None
    bearing: Bearing | None = None
    channels: dict[str, ChannelSpec] = field(default_factory=dict)
    expected: dict[str, Expected] = field(default_factory=dict)
    running: tuple[str, ...] | None = None
    mounting: str = ""
    silent_ns: int | None = None
    pattern: Pattern | None = None
    budget: Budget | None = None


class Mapping(Struct, frozen=True):
    """A rule that makes readings of foreign points; the first that fits a field of a point decides.

    It fits where the patterns match and all tags are there that its asset and its channel need. Templates
    name what they take: {measurement}, {field}, or a tag; of several the first counts whose tags are there.

    label               : how messages name the rule
    measurement, fields : patterns, of which * is any text; tags : tag -> pattern of its value
    quantity, unit      : templates; where they give nothing, the plant file's channel counts
    booleans            : true and false are 1 and 0
    ignore              : what fits is left out on purpose
    """

    label: str
    measurement: str = "*"
    fields: tuple[str, ...] = ("*",)
    tags: dict[str, str] = field(default_factory=dict)
    asset: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    quantity: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    booleans: bool = False
    ignore: bool = False


class Plant(Struct, frozen=True):
    """A whole plant file, validated, with the shipped defaults below it.

    quantities : allowance per quantity (or "vibration m/s2", a quantity and its SI unit) for
                 channels that say nothing themselves
    frame_ns   : grid of the frames
    sha256, toml : the file itself, so that it can travel in the ordered log
    silent_ns  : how long a machine or a channel may be silent before "no data" is raised; 0 for ever
    mappings   : rules for foreign points, those of the file before the shipped ones
    budget     : of false alarms, None where nobody said one
    """

    name: str
    timezone: str
    strict: bool
    frame_ns: int
    sources: dict[str, Source]
    classes: dict[str, MachineClass]
    machines: dict[str, MachineSpec]
    quantities: dict[str, Allowance]
    sha256: str
    toml: str
    mappings: tuple[Mapping, ...] = ()
    silent_ns: int = 60_000_000_000
    budget: Budget | None = None
