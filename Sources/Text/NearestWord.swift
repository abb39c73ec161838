/// The candidate nearest to a mistyped word, nil where none is near.
///
/// Distance: insertions, deletions, substitutions and swaps of neighbours, each once (optimal string
/// alignment); at most a third of the word's length, at least 1. Nothing is near a word of more bytes than
/// `longestMistyped`: nobody mistypes one.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  guard word.utf8.count <= longestMistyped else { return nil }
  let typed = Array(word.lowercased())
  var best: (candidate: String, distance: Int)?
  for candidate in candidates where candidate.utf8.count <= 2 * longestMistyped {
    let distance = editDistance(typed, Array(candidate.lowercased()))
    if distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  guard let best, best.distance <= max(1, typed.count / 3) else { return nil }
  return best.candidate
}

private let longestMistyped = 64

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var before = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
      row.append(cost)
    }
    (before, last) = (last, row)
  }
  return last[b.count]
}
