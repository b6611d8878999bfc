/** Parts of company and personal names, for realistic variety in lookups. */

export const STARTS =
  'al an ar bel bra bri cal cor cy da del dra el en fer flo ga gri hal her in jo ka ken lum ly mar mer mo nav nor nu o or pal per pri qua ra rin sa sol ste ta tri un va vel ver vi wil xan ya zen'.split(
    ' ',
  );
export const MIDDLES =
  'a ba bi ca ce da di do e fa fi ga go i ka ki la le li lo ma me mi mo na ne ni o pa pe pi ra re ri ro sa se si ta te ti to u va ve vi vo'.split(
    ' ',
  );
export const ENDS =
  'bit cor dale dex don fax gen grid lane len lis lon max mira nex nova pact pex pia plex pod quest rax ria ris rix ron sys tal tec tex tica tix tor tra va vance via vista vox wave xis zon'.split(
    ' ',
  );
export const TRADES =
  'Labs Systems Software Analytics Health Pay Cloud Data Robotics Security Networks Logistics Energy Capital Media Studio Commerce Finance Foods Motors Bio Mobility Learning Insurance Works Retail Travel Homes Legal Games'.split(
    ' ',
  );
export const ADJECTIVES =
  'Amber Arctic Atlantic Autumn Blue Bold Bright Broad Calm Cedar Central Clear Coastal Copper Crimson Deep Distant Early Eastern Emerald Ever Fair Fleet Free Golden Grand Green Hidden High Honest Iron Ivory Keen Late Lunar Misty Modern Noble North Northern Open Pacific Prime Quiet Rapid Red Royal Silver Solar Southern Still Stone Summit Sunny Swift Twin Upper Urban Western White Wild'.split(
    ' ',
  );
export const NOUNS =
  'Anchor Apple Arrow Badger Bay Beacon Birch Bridge Brook Canyon Castle Cliff Comet Compass Coral Crane Creek Delta Eagle Ember Falcon Field Forge Fox Garden Gate Glacier Grove Harbor Hawk Heron Hill Horizon Island Lake Lantern Leaf Lion Maple Meadow Mill Moon Mountain Oak Ocean Orchard Otter Owl Peak Pebble Pine Planet Prairie Quarry Raven Reef Ridge River Rocket Sail Shore Signal Sky Spring Spruce Star Stream Summit Thunder Tide Timber Tower Trail Valley Wave Willow Wind Wolf'.split(
    ' ',
  );
export const TLDS = 'com com com io io dev ai co app tech net org'.split(' ');

export const FIRST_NAMES =
  'Aaliyah Adam Aiko Amara Amir Ana Anders Anya Arjun Astrid Ben Bianca Carlos Chen Chloe Daniel Deepa Diego Elena Emeka Emma Erik Fatima Felix Freya Gabriel Giulia Hana Hannah Hiro Ines Ivan Jasmine Jonas Julia Kai Kofi Lars Laura Leila Leo Lucia Mara Marcus Maya Mei Mohamed Nadia Noah Nora Olga Omar Paolo Priya Quinn Rafael Rosa Sami Sara Sofia Tariq Tom Uma Victor Wei Yara Yusuf Zoe'.split(
    ' ',
  );
export const LAST_NAMES =
  'Abbott Adeyemi Ahmed Andersson Baker Banerjee Becker Bianchi Brandt Carvalho Castillo Chen Clarke Costa Dahl Diallo Dubois Eriksen Fischer Flores Fujita Garcia Ghosh Gupta Haddad Hansen Hernandez Hoffmann Huang Ibrahim Ivanova Jansen Jensen Johansson Kaplan Khan Kim Kimura Kovacs Kowalski Larsen Lee Lindqvist Lopez Martins Meyer Miller Mori Mwangi Nair Nakamura Natarajan Nguyen Novak Okafor Okoye Olsen Park Patel Petrov Popescu Ramos Reddy Rivera Romano Rossi Santos Sato Schmidt Silva Singh Smith Suzuki Tanaka Tran Vargas Vasquez Wang Weber Weiss Wong Yamada Zhang'.split(
    ' ',
  );
