import Random

extension LabelledImages {
  /// Splits so that both parts have the classes in the same proportions.
  ///
  /// Of a class with n images, `round(n · fraction)` are held out, but never all of them; one of each
  /// class that has two or more, where that would be none at all. Which ones is drawn by `seed` and
  /// the class alone; both parts keep the order of the whole.
  ///
  /// - Parameters:
  ///   - fraction: Share to hold out (0 < fraction < 1).
  ///   - seed: Any number; the same one gives the same split.
  /// - Throws: `DatasetError.badFraction`, `DatasetError.nothingHeldOut`.
  public func stratifiedSplit(
    fraction: Double, seed: UInt64
  ) throws(DatasetError) -> (kept: LabelledImages, held: LabelledImages) {
    guard fraction > 0 && fraction < 1 else { throw .badFraction(fraction) }
    var members: [Int32: [Int]] = [:]
    for (index, label) in labels.enumerated() { members[label, default: []].append(index) }
    let classes = Array(members)
    let shares = Self.heldOut(of: classes.map(\.value.count), fraction: fraction)
    var isHeld = [Bool](repeating: false, count: count)
    for ((label, indices), share) in zip(classes, shares) {
      let random = CounterRandom(seed: seed, .split, UInt64(label))
      let order = random.order(of: indices.count)
      for place in order.prefix(share) { isHeld[indices[Int(place)]] = true }
    }
    let held = (0..<count).filter { isHeld[$0] }
    guard !held.isEmpty else { throw .nothingHeldOut(images: count, fraction: fraction) }
    return (selecting((0..<count).filter { !isHeld[$0] }), selecting(held))
  }

  /// How many images of each class such a split holds out.
  ///
  /// - Parameters:
  ///   - support: images of each class.
  ///   - fraction: 0 < fraction < 1.
  public static func heldOut(of support: [Int], fraction: Double) -> [Int] {
    func share(_ count: Int, atLeast least: Int) -> Int {
      max(0, min(count - 1, max(least, Int((Double(count) * fraction).rounded()))))
    }
    let least = support.allSatisfy { share($0, atLeast: 0) == 0 } ? 1 : 0
    return support.map { share($0, atLeast: least) }
  }
}
