/// Up to 256 colours, each with a number.
struct ColorTable: Sendable {
  private let most: Int
  /// In the order in which they came.
  private(set) var all: [UInt32] = []
  /// Their numbers by a hash, -1 for none.
  private var slots: [Int16]

  private static let bits = 10

  /// - Parameter most: how many it takes (≤ 256).
  init(most: Int) {
    precondition(most <= 256, "numbers of a byte")
    self.most = most
    slots = [Int16](repeating: -1, count: 1 << Self.bits)
  }

  private func slot(of color: UInt32) -> Int {
    var slot = Int((color &* 2_654_435_761) >> UInt32(32 - Self.bits))
    while slots[slot] >= 0, all[Int(slots[slot])] != color { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  func number(of color: UInt32) -> Int? {
    let number = slots[slot(of: color)]
    return number < 0 ? nil : Int(number)
  }

  /// Adds a colour where it is new; false where there are too many.
  mutating func add(_ color: UInt32) -> Bool {
    let slot = slot(of: color)
    if slots[slot] >= 0 { return true }
    if all.count == most { return false }
    slots[slot] = Int16(all.count)
    all.append(color)
    return true
  }
}
