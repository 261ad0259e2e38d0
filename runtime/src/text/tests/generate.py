#!/usr/bin/env python3
"""Write cases for the differential test: generate.py FILE SEED ROUNDS, run by CPython 3.11.2.

Each line is an operation, its arguments and CPython's answer, separated by tabs. Strings are
hexadecimal code points joined by dots, floats their 64 bits, ints hexadecimal; answers start with
S: (string), F: (float), I: (int) or E:class:message. cases.txt is FILE for seed 20 and 24 rounds.
"""
import math
import random
import struct
import sys

R, N = random.Random(int(sys.argv[2])), int(sys.argv[3])
H=lambda s:'.'.join('%x'%ord(c) for c in s)
cases=[]
def E(f):
    try: return f()
    except MemoryError: return 'E:MemoryError:'
    except BaseException as e: return 'E:%s:%s'%(type(e).__name__,H(str(e)))
S=lambda f:E(lambda:'S:'+H(f()))
fb=lambda x:'%x'%(struct.unpack('<Q',struct.pack('<d',x))[0])
F=lambda f:E(lambda:'F:'+(lambda x:'0' if x!=x else fb(x))(f()))
I=lambda f:E(lambda:'I:%x'%f())
def add(exp,*a): cases.append(('\t'.join(map(str,a)),exp))
pool="aAbB zZ09_-+.,'\"\\\t\n\r\x0b\x1c\x85\xa0ßİıſΣσςǅǆŉﬃé日\u2028\u0345\u00ad\u0301ʰªⅷⅧ\U0001d400\U00010400\U00010428\udc80\ud800٣²½\x00\x7f\u200b:"
def rs(n=8,p=None):
    p=p or R.choice([pool,pool,'ab','abß','aΣ .\u0301','ab \t\n',"'\"a"]); return ''.join(R.choice(p) for _ in range(R.randint(0,n)))
def rf():
    k=R.randint(0,9)
    if k==0: return R.choice([0.0,-0.0,1.0,-1.0,float('inf'),-float('inf'),float('nan'),5e-324,1.7976931348623157e308,1e16,1e22,1e23,123456789.0,0.5,1.5,2.5,1e15,9999999999999998.0,1e-4,1e-5,0.00012345])
    if k<4: return struct.unpack('<d',struct.pack('<Q',R.getrandbits(64)))[0]
    if k<7: return round(R.uniform(-1000,1000),R.randint(0,5))
    return R.randint(-10**R.randint(1,20),10**R.randint(1,20))/R.choice([1,2,4,8,10,100,1000])
def ri():
    k=R.randint(0,5)
    if k<2: return R.randint(-20,20)
    if k==2: return R.choice([-1,1])*(2**R.choice([31,32,53,61,62,63,64,65,127,128,1023,1024])+R.randint(-2,2))
    return R.randint(-1,1)*R.getrandbits(R.choice([8,16,62,63,64,65,100,128,200,1100,3000]))
hx=lambda i:'%x'%i
def i0(): return R.choice(['N']+list(range(-4,10)))
nn=lambda x:None if x=='N' else x
for _ in range(N):
    s=rs(); 
    for m in ('lower','upper','title','capitalize','swapcase','casefold'): add(S(lambda:getattr(s,m)()),m,H(s))
    add(S(lambda:repr(s)),'repr',H(s)); add(S(lambda:ascii(s)),'ascii',H(s))
    s1=rs(3)
    for x in (s,s1): add(''.join('01'[getattr(x,m)()] for m in 'isalpha isdigit isdecimal isnumeric isalnum isspace isprintable isascii isidentifier isupper islower istitle'.split()),'is',H(x))
    w=R.randint(-2,15); c=R.choice('x ß')
    for m in ('center','ljust','rjust'): add(S(lambda:getattr(s,m)(w,c)),m,H(s),w,H(c))
    add(S(lambda:s.zfill(w)),'zfill',H(s),w); add(S(lambda:s.expandtabs(w)),'expandtabs',H(s),w)
    p=R.choice(['ab','abß','aß','ab ']); s=rs(14,p); n=R.choice(['N',0,1,2,3]); sep=R.choice([None,None]) if R.random()<.4 else (rs(2,p) or 'a')
    L=lambda v:''.join('[%s]'%H(x) for x in v)
    if sep is None: s=rs(14,'ab \t\u2003ß\n')
    mx=-1 if n=='N' else n
    add(L(s.split(sep,mx)),'split',H(s),'N' if sep is None else H(sep),n); add(L(s.rsplit(sep,mx)),'rsplit',H(s),'N' if sep is None else H(sep),n)
    x=rs(10,'a\n\r\x0b\x1c\x85\u2028ß'); k=R.randint(0,1); add(L(x.splitlines(k)),'splitlines',H(x),k)
    ch=R.choice([None,'a','aß','ß','ab '])
    for i,m in enumerate(('strip','lstrip','rstrip')): add(S(lambda:getattr(s,m)(ch)),'strip',H(s),'N' if ch is None else H(ch),i)
    s=rs(14,p); nd=rs(3,p); a,b=i0(),i0(); aa,bb=nn(a),nn(b)
    add('%d %d %d %d %d'%(s.find(nd,aa,bb),s.rfind(nd,aa,bb),s.count(nd,aa,bb),s.startswith(nd,aa,bb),s.endswith(nd,aa,bb)),'find',H(s),H(nd),a,b)
    add(S(lambda:s.replace(nd,'xß' if n==1 else 'y',mx)),'replace',H(s),H(nd),H('xß' if n==1 else 'y'),n)
    add(L([s.removeprefix(nd),s.removesuffix(nd)]),'affix',H(s),H(nd))
    if nd:
        for d,m in enumerate(('partition','rpartition')): add(L(getattr(s,m)(nd)) if nd in s else 'N','part',H(s),H(nd),d)
    sl=slice(nn(i0()),nn(i0()),R.choice([None,1,2,-1,-2,3])); st=sl.indices(len(s)); add('S:'+H(s[sl]),'slice',H(s),st[0],st[2],len(range(*st)))
    # numbers
    fs=R.choice([lambda:rs(6,'0123456789.eE+-_ '),lambda:rs(5,'infaty NI+-_'),lambda:repr(rf()),lambda:rs(4,'٣12.\u2003 \x1ce\t'),lambda:' %d.%de%d '%(ri(),abs(ri()),R.randint(-400,400)),lambda:rs(5)])()
    add(F(lambda:float(fs)),'float',H(fs))
    hs=R.choice([lambda:rf().hex(),lambda:rs(7,'0xabf.p+-1 '),lambda:'0x%x.%xp%d'%(abs(ri()),abs(ri()),R.randint(-1200,1200))])()
    add(F(lambda:float.fromhex(hs)),'fromhex',H(hs))
    base=R.choice([10,10,10,0,16,2,8,36,3,1,37,-1]); js=R.choice([lambda:rs(7,'01279abfxXoO_+- '),lambda:str(ri()),lambda:hex(ri()),lambda:R.choice(['0x','0b','0o','0X_','00','0_'])+rs(4,'01_7'),lambda:rs(5),lambda:rs(4,'٣12_\u2003\x1c')])()
    add(I(lambda:int(js,base)),'int',H(js),base)
    f=rf(); fbits=fb(f)
    add(S(lambda:repr(f)),'frepr',fbits); add(S(lambda:f.hex()),'fhex',fbits)
    if f==f: add(str(hash(f)),'fhash',fbits)
    add(I(lambda:int(f))+' '+I(lambda:round(f)),'fint',fbits)
    add(E(lambda:' '.join('I:%x'%v for v in f.as_integer_ratio())),'fratio',fbits)
    nd=R.choice([R.randint(-5,20),R.randint(-340,340)]); add(F(lambda:round(f,nd)),'fround',fbits,nd)
    def spec(types): return ''.join([R.choice(['','','<','>','^','=','*<','ß^','0=','0>']),R.choice(['','','','+','-',' ']),R.choice(['']*6+['z']),R.choice(['']*5+['#']),R.choice(['','','0']),R.choice(['','',str(R.randint(0,20))]),R.choice(['']*3+[',','_','_,']),R.choice(['','','.%d'%R.randint(0,25),'.']) if R.random()<.7 else '',R.choice(types)])
    sp=spec(['','e','f','g','E','F','G','%','n','g','f','','d','s','xx','€']); add(S(lambda:format(f,sp)),'ffmt',fbits,H(sp))
    v=ri(); sp=spec(['','d','x','X','b','o','c','n','d','f','e','s','']); sp=sp if R.random()<.5 else sp.replace('.','').replace('z',''); add(S(lambda:format(v,sp)),'ifmt',H(sp),hx(v))
    s=rs(); sp=spec(['','s','','d']); sp=sp if R.random()<.5 else sp.translate({ord(c):None for c in '+- z#=,_'}); add(S(lambda:format(s,sp)),'sfmt',H(sp),H(s))
    # percent
    ps=R.choice(['','x%%','é'])+'%'+R.choice(['','','-','+',' ','#','0','-0','#0','+ '])+R.choice(['','','5','12','*'])+R.choice(['','','.3','.0','.','.*','.15'])+R.choice(['']*5+['l'])+R.choice('sradioxXeEfFgGcdfgsy%€')+R.choice(['','y','%'] if R.random()<.1 else ['','y'])
    kind=R.choice('sif'); arg={'s':rs(),'i':ri(),'f':f}[kind]; stars=[]
    if '*' in ps:
        for _i in range(ps.count('*')): stars.append(R.randint(-3,12))
    exp=S(lambda:ps%(*stars,arg))
    if not exp.startswith('E:TypeError') and not (kind=='s' and 'c' in ps) : add(exp,'pct',H(ps),kind,{'s':lambda:H(arg),'i':lambda:hx(arg),'f':lambda:fb(arg)}[kind](),*stars)
    ts=rs(9,R.choice(['{}:!r01.[]<5','{}','{}0:','{}a[0]!r:']))
    if R.random()<.5: ts='{'+R.choice(['','0','1','[0]','0[0]'])+R.choice(['','!r','!s','!x','!a'])+R.choice(['',':',':{}',':<5',':{0}',':{:{}}'])+'}'+ts
    a,b=R.choice(['5','x','é']),R.choice(['3','<7'])
    exp=S(lambda:ts.format(a,b))
    for nm in ('IndexError','KeyError','TypeError','AttributeError'):
        if exp.startswith('E:'+nm): exp='E:TypeError:'+H(nm); break
    add(exp,'tf',H(ts),H(a),H(b))
    # ints
    x,y,z=ri(),ri(),ri(); op=lambda n,e:add(e,'iop',n,hx(x),hx(y),hx(z))
    op('add',I(lambda:x+y));op('sub',I(lambda:x-y));op('mul',I(lambda:x*y));op('fd',I(lambda:x//y));op('mod',I(lambda:x%y));op('td',F(lambda:x/y))
    op('and',I(lambda:x&y));op('or',I(lambda:x|y));op('xor',I(lambda:x^y));op('inv',I(lambda:~x));op('isqrt',I(lambda:math.isqrt(x)));op('gcd',I(lambda:math.gcd(x,y)))
    op('float',F(lambda:float(x)));op('hash',str(hash(x)));op('bits','%d %d'%(x.bit_length(),x.bit_count()));op('cmp',str((x>y)-(x<y)));op('str',S(lambda:str(x)))
    op('powm',I(lambda:pow(x,y if y.bit_length()<300 else 5,z))) if y.bit_length()<300 else None
    y=R.choice([R.randint(-2,70),R.randint(0,3000)]); op('shl',I(lambda:x<<y));op('shr',I(lambda:x>>y))
    y=R.randint(0,80); op('pow',I(lambda:x**y)); y=R.randint(-40,2); op('round',I(lambda:round(x,y)))
    s=rs(6,R.choice([pool,'a\udc80\udcff\ud800é','aé日'])); cd=R.choice(['utf-8','ascii','latin-1','utf-16','utf-16-le','utf-16-be','utf-32','utf-32-be','utf-8-sig']); hd=R.choice(['strict','ignore','replace','backslashreplace','surrogateescape','surrogatepass','xmlcharrefreplace'])
    def enc():
        try: return s.encode(cd,hd).hex()
        except UnicodeError as e: return 'E:'+H(str(e))
    add(enc(),'enc',H(s),cd,hd)
    bs=bytes(R.choice(R.choice([b'a\x80\xc3\xa9\xe6\x97\xa5\xed\xa0\xf0\x9f\x98\x80\xff\xc0\xf4\x90',b'\0\xd8\xdca\xff\xfe'])) for _i in range(R.randint(0,9)))
    if hd!='xmlcharrefreplace' and not (cd.startswith('utf-32') or cd.startswith('utf-16')) or hd in('strict','ignore','replace','backslashreplace'):
        def de():
            try: return 'S:'+H(bs.decode(cd,hd))
            except UnicodeError as e: return 'E:'+H(str(e))
        add(de(),'dec',bs.hex(),cd,hd)

with open(sys.argv[1], "w") as file:
    for case, expected in cases:
        file.write(case + "\t" + expected + "\n")
