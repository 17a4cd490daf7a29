"""Words that stand for each other or for something else: what `twins` changes a question by, one group a line."""


def _groups(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().splitlines())


# Words of which one stands for another thing than the others.
OTHERS = _groups("""
first last
before after
earliest latest
largest smallest
biggest smallest
highest lowest
most least
more fewer
more less
best worst
oldest youngest newest
longest shortest
north south east west
northern southern eastern western
left right
upper lower
above below
top bottom
inside outside
increase decrease
increased decreased
rise fall
rose fell
win lose
won lost
gain lose
gained lost
begin end
began ended
start finish
started finished
open close
opened closed
arrive leave
arrived left
enter leave
entered left
join quit
joined quit
buy sell rent
bought sold rented
send receive
sent received
give take
gave took
gives takes
build destroy
built destroyed repaired
founded dissolved renamed
create abolish
created abolished
accept refuse
accepted refused
approve reject
approved rejected
allow forbid
allowed forbidden
allows forbids
support oppose
supported opposed
supports opposes
attack defend
attacked defended
praise criticize
praised criticized
love hate
born buried married
born died
birth death
friend enemy
friends enemies
ally rival
allies rivals
father mother brother sister son daughter wife husband
king queen
men women children
man woman
male female
rich poor
strong weak
early late
day night
morning evening
summer winter spring autumn
common rare
easy difficult
cheap expensive
cheaper dearer
hot cold
wet dry
public private
internal external
positive negative
maximum minimum average
legal illegal
require forbid
required forbidden
include exclude
included excluded
advantage disadvantage
advantages disadvantages
benefit drawback
benefits drawbacks
cause prevent
caused prevented
causes prevents
always never
majority minority
ancient modern
old new
import export
imports exports
agreed disagreed
agree disagree
succeed fail
succeeded failed
""")
PROPERTIES = _groups("""
mayor treasurer secretary chairman deputy
president treasurer secretary director spokesman
editor author publisher illustrator translator
owner manager inspector tenant
teacher trainer owner keeper breeder
captain coach referee sponsor
general admiral colonel sergeant
governor bishop judge ambassador
lawyer doctor engineer architect
price weight length colour
cost weight size colour
height width depth weight
age height weight salary
fee fine deposit discount
premium deductible bonus surcharge
salary pension bonus allowance
phone address email fax
street town province country
city village county country
capital currency anthem flag
population area climate language
language religion currency costume
river lake mountain island
hours days weeks months
minutes hours weeks years
days months years decades
century decade month
wrote translated edited illustrated reviewed
designed built funded painted
discovered invented sold patented
directed produced filmed financed
signed drafted repealed amended
elected appointed dismissed
killed wounded captured rescued
trained owned sold raised
teach study ban
taught studied banned
battle siege treaty trial
army navy police church
war treaty strike election
law tax treaty strike
court parliament church bank
school hospital prison museum
bridge tower castle harbour
train ship plane truck
speed weight range price
temperature pressure humidity voltage
warranty price delivery size
windows doors floors rooms
employees customers members visitors
students teachers parents
version price licence author
font colour size format
""")
SAME = _groups("""
begin start
began started
end finish
ended finished
buy purchase
bought purchased
big large
biggest largest
small little
smart clever
help assist
helped assisted
get receive
got received
tell inform
show display
build construct
built constructed
happen occur
happened occurred
need require
want wish
use employ
used employed
choose select
chose selected
said stated
says states
called named
cause reason
purpose aim
way method
job occupation
people persons
amount quantity
number count
country nation
war conflict
king monarch
attack assault
attacked assaulted
destroy demolish
destroyed demolished
kill slay
killed slain
result outcome
result consequence
part portion
kind type
kind sort
area region
important significant
leader head
money funds
law statute
city town
work labour
fight battle
fought battled
join enter
make produce
made produced
allow permit
allowed permitted
believe think
believed thought
famous known
near close
""")
# Two names that differ by a sign or two, and are not the same.
NEAR_FIRST_NAMES = _groups("""
Tom Tim
Dan Don
Jan Jon Jen
Ada Ida Ava
Mark Mary
Rosa Rory
Lena Lina Lana
Marta Marla
Paul Paula
Carl Carla
Henry Henri
Alan Alma
Eve Eva
Ben Bea
Max May
Simon Simone
Oscar Osman
Julia Julian
Robin Robert
Daniel Daniela
Greta Gretel
Olga Olaf
Hugh Hugo
Karin Karim
""")
NEAR_LAST_NAMES = _groups("""
Hale Hall
Moss Ross
Brandt Brand
Lind Lund
Meyer Mayer
Larsen Larson
Petrov Petrova
Costa Coster
Reed Rees
Novak Nowak
Stone Stowe
Walker Waller
Barton Burton
Marsh March
Fisher Fischer
Allan Allen
Green Greer
Wells Welch
""")
