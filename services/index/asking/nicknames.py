"""Short and pet forms of first names, so that who is looked for as Dave is found as David.

Promise: to find by, never to link by: two names of one row may be two people's. The rows are common English ones and
spellings of names from other languages; a name may stand in more rows than one.
"""

from functools import cache

_ROWS = """
abigail abbie abby gail | adam addy | adrian ade | aidan aiden aydan | alan allan allen al | albert al bert bertie
alexander alex alec al sandy xander | alexandra alex lexi sandra sandy | alfred alf alfie fred | alison ali allie
amanda mandy | amelia amy millie mia | andrew andy drew | angela angie ange | anthony antony tony ant
annabel anna belle bella | anne ann anna annie nan hannah | archibald archie | arthur art artie | barbara barb babs
benjamin ben benny | bernard bernie | bethany beth | bradley brad | bridget biddy bridie | cameron cam
caroline carol carrie caz | catherine katherine kathryn katharine cathy kathy kate katie cat kat kitty kay
charles charlie chas chuck | charlotte charlie lottie lotte char | christine christina chris chrissie tina
christopher chris kit topher | clifford cliff | constance connie | cynthia cindy | daniel dan danny
danielle dani danni | david dave davey davy | deborah debra deb debbie | dennis den denny | dominic dom
donald don donnie | dorothy dot dottie dolly | douglas doug dougie | edward ed eddie ned ted teddy
eleanor ellie nell nellie nora ella | elizabeth eliza liz lizzie beth betty bess betsy libby elsie lisa
emily em emmy millie | emma em emmy | eugene gene | evelyn eve evie | eve evie eva | florence flo flossie florrie
frances fran frankie | francis frank frankie | frederick fred freddie freddy | gabriel gabe | gabrielle gabby
geoffrey jeffrey geoff jeff | george georgie | georgina georgia georgie gina | gerald gerry jerry | gillian gill jill
gregory greg | harold harry hal | harriet hattie harry | harry harold henry | helen nell nellie lena | henry harry hal hank
hugh hughie | ian iain | isaac zac ike | isabel isabella isobel izzy bella belle | jack john jackie | jacob jake jay
jacqueline jackie jacqui | james jim jimmy jamie jem | jane janie jan janey | janet jan | jasmine jas jazz
jason jay jase | jennifer jen jenny jennie | jeremy jerry jez | jessica jess jessie | joan joanie jo
joanne joanna jo | john johnny jon jack | jonathan jon jonny | joseph joe joey | josephine jo josie | joshua josh
judith judy jude | julia julie jules | julian jules | karen kaz | kelly kel | kenneth ken kenny | kevin kev
kimberly kimberley kim | lawrence laurence larry laurie loz | leonard leo len lenny | leo leon lee | leslie les
lewis louis lew lou | liam will | lillian lily lil | louise lou lulu | lucy lucinda lulu | lydia lyddie
madeleine madeline maddie maddy | malcolm mal | margaret maggie meg megan peggy marge madge rita greta daisy
maria mary marie | mark marcus marc | martin marty | mary molly polly may mamie | matilda tilly mattie | matthew matt matty
maureen mo maur | maximilian max | maxine max | melanie mel | melissa mel missy lissa
michael mike mick micky mickey mikey | michelle shell chelle | mohammed muhammad mohamed mohammad muhammed mo mohd
ahmed ahmad | yusuf yousef youssef joseph | ibrahim ebrahim abraham | hussein hussain hussien | fatima fatimah fatma
aisha ayesha aysha | zainab zaynab zeinab | khadija khadijah | hassan hasan | ali aly | omar umar | abdul abdullah
morgan mo | natalie natasha nat tasha | nathan nathaniel nat nate | neil neal niall | nicholas nicolas nick nicky nico
nicola nicole nicky nikki nic | nigel nige | nora norah eleanor | norman norm | oliver olly ollie | olivia liv livvy olly
pamela pam | patricia pat patsy trish tricia | patrick pat paddy rick | paul paulie | pauline paula | penelope penny
peter pete | philip phillip phil pip | rachel rach rae | raymond ray | rebecca becky becca bex | reginald reg reggie
richard rich rick ricky dick richie | robert rob robbie bob bobby bert | roberta bobbie | rodney rod | roger rodge
ronald ron ronnie | rosemary rose rosie | rosalind ros roz | rupert rup | ruth ruthie | samantha sam sammy
samuel sam sammy | sandra sandy | sarah sara sally sadie | sebastian seb bas | shane shaun | sean shaun shawn shane john
sharon shaz shazza | sidney sydney sid | simon si | sophia sofia sophie soph | stanley stan | stephanie steph stevie
stephen steven steve stevie ste | stuart stewart stu | susan susannah suzanne sue susie suzie | sylvia syl
terence terry tel | teresa theresa terri tess tessa | theodore theo ted teddy | thomas tom tommy thom
timothy tim timmy | tobias toby | tracey tracy trace | tyler ty | valerie val | vanessa ness nessa | veronica ronnie vera
victor vic | victoria vicky vicki tori vic | vincent vince vinny | vivian vivienne viv | walter wally walt
wendy wends | wilfred wilf | william will bill billy willie liam | winifred win winnie fred | yvonne eve von
zachary zac zack zach | zoe zo
"""


@cache
def _rows() -> tuple[frozenset[str], ...]:
    return tuple(
        frozenset(row.split()) for line in _ROWS.splitlines() for row in line.split("|") if row.strip()
    )


@cache
def forms(name: str) -> frozenset[str]:
    """Every form of a normalised first name that shares a row with it, itself among them; empty for no name."""
    if not name:
        return frozenset()
    return frozenset({name}).union(*(row for row in _rows() if name in row))


def may_be(one: str, other: str) -> bool:
    """Whether two normalised first names may be one person's: the same, or of one row."""
    return bool(one) and bool(other) and (one == other or other in forms(one))
