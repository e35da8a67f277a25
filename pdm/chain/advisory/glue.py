"""The words a wording may use besides those of its draft: they connect, point and compare, no more.

Left out on purpose: whatever reports work, gives orders, promises, reassures or doubts, and every
name of a part, a failure or a machine. What is not here and not in the draft is not published.
"""

GLUE = """
    a about above acceleration accompany across action actions active advice advise affect after against
    alarm all almost along alongside also although amount amounts an and any apart approximately are
    area around as assessment at attention average base based baseline basis be because been before
    began begin begun behaviour behind being below best between beyond big bigger both but by called
    came can candidate carry cause channel clearly climb closer closest colder combination come compare
    concern condition consequence consider considerable considerably cool cooler could critical current
    currently data decline decrease depart deserve detect development deviate deviation differ
    difference displacement down drive driven drop dropped dropping due during each effect elevated end
    ends even event evidence exceed expect expected explain explanation fact failure fall fallen far
    fault fell find finding first fit flow follow followed following for from furthermore go goes
    gradual gradually grew grow grown had has have hence here high higher highest hint hot hotter how
    however hypothesis if imply in increase indicate indication inside into involve is it its itself
    jump jumped large largely largest last lead leading least led less level lie lies likelier likeliest
    likely limit little load look low lower lowest machine main mainly marked markedly match may
    meanwhile measure measurement might mode moment more moreover most mostly move much named near
    nearly need next non normal normally notable notably note notice now observation observe of off on
    one ones only or other others out outside over own part pattern peak peaks per perhaps persist
    picture place plausible please point position possibility possible possibly power pressure priority
    probable probably quantity question quickly quite raise rank rather reach read reading readings
    reason recommend recommended record remain report require result rise risen rising rose roughly same
    score second see seen severity sharp sharply should show shown side sign signal significant
    significantly since sit slight slightly slowly small smallest so some speed stand start state steep
    steeply step steps still stood strong stronger strongest strongly such suggest sum support suspect
    suspicion symptom temperature than that the their them then there therefore these they third this
    those though threshold through thus time to together too torque toward towards treat trend typical
    typically under until up upon usual usually utc value values velocities velocity very vibrate
    vibrates vibration voltage warm warmer warning was wear well went were what when where whereas
    whether which while who whose why with within worth would
"""
