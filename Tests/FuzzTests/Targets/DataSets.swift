@testable import Datasets

extension FuzzTarget {
  static let datasets: [FuzzTarget] = [
    FuzzTarget("idx") { bytes in
      let file = try IDX(bytes)
      try demand(file.sizes.reduce(1, *) == file.bytes.count, "sizes and samples disagree")
      if file.sizes.count == 1 {
        let images = try IDX(header([file.sizes[0], 1, 1]) + file.bytes)
        try check(try LabelledImages(images: images, labels: file, classes: 10), classes: 10)
      } else {
        let count = file.sizes[0]
        let labels = try IDX(header([count]) + [UInt8](repeating: 9, count: min(count, 1 << 20)))
        try check(try LabelledImages(images: file, labels: labels, classes: 10), classes: 10)
      }
    },
    FuzzTarget("cifar") { bytes in
      // Records are longer than what a fuzzer likes to write: the bytes are repeated to fill them.
      let labelBytes = 1 + bytes.count % 2
      let record = labelBytes + 3 * CIFARRecords.side * CIFARRecords.side
      if !bytes.isEmpty {
        let filled = (0..<2 * record).map { bytes[$0 % bytes.count] }
        try check(
          try CIFARRecords.read([filled, filled], labelBytes: labelBytes, classes: 100),
          classes: 100)
      }
      _ = try CIFARRecords.read([bytes], labelBytes: labelBytes, classes: 10)
    },
  ]

  /// The header of an IDX file of bytes.
  private static func header(_ sizes: [Int]) -> [UInt8] {
    [0, 0, 8, UInt8(sizes.count)]
      + sizes.flatMap { size in
        (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) }
      }
  }

  private static func check(_ images: LabelledImages, classes: Int) throws(Finding) {
    let pixels = images.height * images.width * images.channels * images.labels.count
    try demand(images.pixels.count == pixels, "pixels are missing")
    try demand(
      images.labels.allSatisfy { (0..<Int32(classes)).contains($0) }, "a label out of range")
  }
}
