(* The workloads w1 to w7 and mem in OCaml. What each is stands in benches/src/workload; the random numbers and checksums are the same.
   Prints what benches/peers/run.py reads. Time is read with Unix.gettimeofday: microseconds, enough for all but the median push. *)

let generator = ref 42
let bits () = generator := ((!generator * 1664525) + 1013904223) land 0xffffffff; !generator
let below n = (bits () * n) lsr 32
let now = Unix.gettimeofday

(* ---- w1, w7, mem ---- *)

type tree = Leaf | Pair of tree * tree

let[@inline never] pair left right = Pair (left, right)

let rec make depth =
  if depth = 0 then pair Leaf Leaf
  else
    let left = make (depth - 1) in
    let right = make (depth - 1) in
    pair left right

let rec check = function Pair (Leaf, _) | Leaf -> 1 | Pair (left, right) -> 1 + check left + check right

let w1 depth =
  let sum = ref (check (make (depth + 1))) and kept = make depth and d = ref 4 in
  while !d <= depth do
    for _ = 1 to 1 lsl (depth - !d + 4) do sum := !sum + check (make !d) done;
    d := !d + 2
  done;
  !sum + check kept

let w7 n =
  let x = pair Leaf Leaf and y = pair Leaf Leaf and sum = ref 0 in
  for _ = 1 to n do match pair x y with Pair (_, right) when right == y -> incr sum | _ -> () done;
  !sum

let live_bytes () = Gc.full_major (); 8. *. float (Gc.stat ()).Gc.live_words

let mem n =
  let all = Array.make n Leaf and first = pair Leaf Leaf in
  let before = live_bytes () in
  for i = 0 to n - 1 do all.(i) <- pair first first done;
  Printf.printf "MEM bytes_per_obj=%.1f\n" ((live_bytes () -. before) /. float n);
  Array.length all

(* ---- w2 ---- *)

type node = Nothing | Node of { mutable left : node; mutable right : node; i : int; j : int }

let node left right = Node { left; right; i = 0; j = 0 }

let rec populate depth = function
  | Node parent when depth > 0 ->
    parent.left <- node Nothing Nothing;
    parent.right <- node Nothing Nothing;
    populate (depth - 1) parent.left;
    populate (depth - 1) parent.right
  | _ -> ()

let rec bottom_up depth =
  if depth = 0 then node Nothing Nothing
  else
    let left = bottom_up (depth - 1) in
    let right = bottom_up (depth - 1) in
    node left right

let nodes depth = (2 lsl depth) - 1

let w2 stretch =
  ignore (Sys.opaque_identity (bottom_up stretch));
  let kept = node Nothing Nothing in
  populate (stretch - 2) kept;
  let numbers = Array.init 500_000 (fun i -> 1. /. float (i + 1)) and sum = ref 0 and depth = ref 4 in
  while !depth <= stretch - 2 do
    let times = 2 * nodes stretch / nodes !depth in
    for _ = 1 to times do
      let tree = node Nothing Nothing in
      populate !depth tree;
      match tree with Node { left = Node _; _ } -> incr sum | _ -> ()
    done;
    for _ = 1 to times do
      match bottom_up !depth with Node { right = Node _; i; j; _ } -> sum := !sum + 1 + i + j | _ -> ()
    done;
    depth := !depth + 2
  done;
  match Sys.opaque_identity kept with Node { left = Node _; _ } when numbers.(1000) = 1. /. 1001. -> !sum | _ -> 0

(* ---- w3 ---- *)

type entry = No_entry | Entry of { mutable link : entry; number : int }

let w3 n =
  let live = 1_000_000 in
  let table = Array.init live (fun number -> Entry { link = No_entry; number }) in
  for number = 0 to n - 1 do
    let at = below live in
    let link = table.(below live) in
    (match link with Entry entry -> entry.link <- No_entry | No_entry -> ());
    table.(at) <- Entry { link; number }
  done;
  let number = function No_entry -> 0 | Entry { link = Entry link; number } -> number + link.number | Entry { number; _ } -> number in
  Array.fold_left (fun sum entry -> sum + number entry) 0 table

(* ---- w4 ---- *)

type link = No_link | Link of { mutable previous : link; mutable next : link; number : int }

let link number = Link { previous = No_link; next = No_link; number }
let set node previous next = match node with Link node -> node.previous <- previous; node.next <- next | No_link -> ()

let[@inline never] ring number =
  let a = link number and b = link (number + 1) and c = link (number + 2) and d = link (number + 3) in
  set a d b; set b a c; set c b d; set d c a; a

let w4 n =
  let live = 200_000 and sum = ref 0 in
  let kept = Array.make live No_link in
  for i = 0 to live - 1 do
    let fresh = link i in
    kept.(i) <- fresh;
    set fresh kept.(below (i + 1)) fresh
  done;
  for number = 0 to n - 1 do
    match ring number with Link { next = Link { next = Link { number; _ }; _ }; _ } -> sum := !sum + number | _ -> ()
  done;
  Array.iter (function Link { previous = Link { number; _ }; _ } -> sum := !sum + number | _ -> ()) kept;
  !sum

(* ---- w5 ---- *)

let w5 n =
  let live = 200_000 in
  let buffer = Array.make live Bytes.empty and times = Bigarray.(Array1.create float64 c_layout n) in
  Bigarray.Array1.fill times 1.;
  let last = ref (now ()) in
  for i = 0 to n - 1 do
    buffer.(i mod live) <- Bytes.make 1024 (Char.unsafe_chr (i land 255));
    let time = now () in
    times.{i} <- time -. !last;
    last := time
  done;
  let sorted = Array.init n (fun i -> times.{i} *. 1e6) in
  Array.stable_sort compare sorted;
  let part part = sorted.(int_of_float (float n *. part)) in
  Printf.printf "PAUSE max_us=%.1f p9999_us=%.1f p999_us=%.1f\n" sorted.(n - 1) (part 0.9999) (part 0.999);
  Array.fold_left (fun sum message -> sum + Char.code (Bytes.get message 512)) 0 buffer

(* ---- w6 ---- *)

type vertex = No_vertex | Vertex of { mutable a : vertex; mutable b : vertex; mutable c : vertex; id : int }

let w6 n =
  let order = Bigarray.(Array1.create int32 c_layout n) in
  for i = 0 to n - 1 do order.{i} <- Int32.of_int i done;
  for i = n - 1 downto 1 do
    let j = below (i + 1) and swap = order.{i} in
    order.{i} <- order.{j};
    order.{j} <- swap
  done;
  let graph = Array.make n No_vertex in
  for i = 0 to n - 1 do
    let id = Int32.to_int order.{i} in
    graph.(id) <- Vertex { a = No_vertex; b = No_vertex; c = No_vertex; id }
  done;
  let connect = function
    | No_vertex -> ()
    | Vertex vertex ->
      vertex.a <- graph.(below n);
      vertex.b <- graph.(below n);
      vertex.c <- (if bits () >= 0x80000000 then graph.(below n) else No_vertex)
  in
  Array.iter connect graph;
  for _ = 1 to 5 do
    let start = now () in
    Gc.major ();
    let ns = (now () -. start) *. 1e9 in
    Printf.printf "FULLGC ms=%.1f ns_per_obj=%.1f\n" (ns /. 1e6) (ns /. float n)
  done;
  Array.fold_left (fun sum -> function Vertex { a = Vertex { id; _ }; _ } -> sum + id | _ -> sum) 0 graph

let all =
  [ "w1", (18, w1); "w2", (18, w2); "w3", (20_000_000, w3); "w4", (5_000_000, w4); "w5", (2_000_000, w5); "w6", (5_000_000, w6);
    "w7", (200_000_000, w7); "mem", (5_000_000, mem) ]

let () =
  match Array.to_list Sys.argv with
  | _ :: name :: rest when List.mem_assoc name all ->
    let size, run = List.assoc name all in
    let n = match rest with number :: _ -> int_of_string number | [] -> size in
    let start = now () in
    let sum = run n in
    let ns = (now () -. start) *. 1e9 in
    Printf.printf "RES %s ms=%.1f check=%d ns_per_obj=%.2f\n" name (ns /. 1e6) sum (ns /. float n)
  | _ ->
    prerr_endline "usage: peers-ocaml w1|w2|w3|w4|w5|w6|w7|mem [N]";
    exit 2
