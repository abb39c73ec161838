import Random
import Raster

/// One of several machines that share the pictures of a folder among them, without a word to each other.
///
/// A picture's shard follows from its name below the folder of the results alone, by the jump consistent
/// hash: other pictures change nothing, and with one machine more only those move that go to it.
///
/// - SeeAlso: Lamping & Veach, A Fast, Minimal Memory, Consistent Hash Algorithm, arXiv:1406.2294.
struct Shard: Equatable, Sendable {
  /// 0 to below `count`.
  let index: Int
  /// 1 to `mostShards`.
  let count: Int

  static let mostShards = 1_000_000

  init(index: Int, count: Int) {
    precondition((0..<count).contains(index) && count <= Self.mostShards, "one of them")
    self.index = index
    self.count = count
  }

  /// `3/8`.
  var text: String { "\(index + 1)/\(count)" }

  /// Whether the picture of this name is this shard's.
  func takes(_ name: FilePath) -> Bool { Self.place(of: name, among: count) == index }

  /// The shard of a name, 0 to below `count`.
  static func place(of name: FilePath, among count: Int) -> Int {
    // Stirred once more: the jump looks at the upper bits.
    var key = CounterRandom(key: ContentHash(name.bytes).value).bits(0)
    var place = 0
    var next = 0
    while next < count {
      place = next
      key = key &* 2_862_933_555_777_941_757 &+ 1
      // At most 2³¹ · (place + 1): far below what an integer holds.
      let jump = 0x1p31 / Double((key >> 33) + 1)
      next = Int(Double(place + 1) * jump)
    }
    return place
  }
}
