extension StructuringElement {
  /// Reads `mask=`: rows of 0 and 1 with slashes between them, `010/111/010`, or a kernel file
  /// whose weights other than 0 are members.
  init(mask text: String, sources: KernelSources) throws(KernelError) {
    let (width, height, members): (Int, Int, [Bool])
    if let rows = Self.rows(text) {
      (width, height, members) = (rows[0].count, rows.count, rows.flatMap { $0 })
    } else if let bytes = try sources.file(text) {
      let kernels = try KernelFile(bytes, name: text).kernels
      guard kernels.count == 1, kernels[0].depth == 1 else {
        throw .badValue(key: "mask", value: text, expected: "a file of one kernel")
      }
      (width, height) = (kernels[0].width, kernels[0].height)
      members = kernels[0].taps.map { $0 != 0 }
    } else {
      throw .badValue(
        key: "mask", value: text,
        expected: "rows of 0 and 1, as in 010/111/010, or a kernel file that is there")
    }
    guard members.contains(true) else {
      throw .badValue(key: "mask", value: text, expected: "at least one number other than 0")
    }
    self.init(width: width, height: height, members: members)
  }

  private static func rows(_ text: String) -> [[Bool]]? {
    let rows = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = rows.first, !first.isEmpty,
      rows.allSatisfy({ $0.utf8.count == first.utf8.count }),
      text.allSatisfy({ "01/".contains($0) })
    else { return nil }
    return rows.map { $0.map { $0 == "1" } }
  }

  /// `size=` or `radius=` with `shape=`, or `mask=`.
  ///
  /// - Parameter standard: side where nothing is said, in samples.
  static func read(_ arguments: SpecKeys, standard: Int = 3) throws(KernelError)
    -> StructuringElement
  {
    if let mask = arguments.mask {
      for key in ["size", "radius", "shape"] {
        if let value = arguments[key] {
          throw .badValue(key: key, value: value, expected: "nothing beside mask=; drop one")
        }
      }
      return mask
    }
    var shape = ElementShape.box
    if let text = arguments["shape"] {
      guard let named = ElementShape(name: text) else {
        throw .badValue(key: "shape", value: text, expected: "box, disk, diamond or cross")
      }
      shape = named
    }
    if let size = try arguments.size("size") {
      if let radius = arguments["radius"] {
        throw .badValue(key: "radius", value: radius, expected: "nothing beside size=; drop one")
      }
      try check(size.width, size.height, shape)
      return shape.element(width: size.width, height: size.height)
    }
    guard let radius = try arguments.nonNegative("radius") else {
      return shape.element(width: standard, height: standard)
    }
    guard radius <= 32767 else {
      throw .badValue(key: "radius", value: shortest(radius), expected: "at most 32767 samples")
    }
    let side = 2 * Int(radius) + 1
    try check(side, side, shape)
    return shape.element(width: side, height: side, radius: radius)
  }

  /// Elements other than boxes are looked at row by row; no sample of two by an even number lies as near to
  /// the middle as the outline of a disk or a diamond.
  private static func check(_ width: Int, _ height: Int, _ shape: ElementShape) throws(KernelError)
  {
    if [.disk, .diamond].contains(shape), min(width, height) == 2, (width * height) % 4 == 0 {
      throw .badValue(
        key: "size", value: "\(width)x\(height)",
        expected: "a window whose \(shape.rawValue) holds a sample, as 3x3")
    }
    let limit = 1 << 24
    if shape != .box, width * height > limit {
      throw .tooLarge(width: width, height: height, depth: 1, limit: limit)
    }
  }

  /// The keys of an element, for listings.
  static let parameters = [
    KernelParameter("size", "3", "of the window, in samples, N or WxH"),
    KernelParameter("radius", "(size − 1)/2", "from the middle sample, in samples"),
    KernelParameter("shape", "box", "box, disk, diamond or cross"),
    KernelParameter(
      "mask", "the shape", "members: rows of 0 and 1, as in 010/111/010, or a kernel file"),
  ]
}
