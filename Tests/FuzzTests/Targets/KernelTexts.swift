import KernelLanguage
import Matrices

extension FuzzTarget {
  static let kernelTexts: [FuzzTarget] = [
    FuzzTarget("kernel-spec") { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      try writeBack(try KernelSpec.parse(text))
    },
    FuzzTarget("kernel-file") { bytes in
      try writeBack(try KernelSpec.parse("kernel.txt", sources: holding(bytes)))
    },
    FuzzTarget("number-table") { bytes in
      let table = try NumberTable(bytes)
      let width = table.rows[0].count
      try demand(table.rows.allSatisfy { $0.count == width }, "the rows are ragged")
      for count in 1...3 { _ = try table.planes(count) }
    },
  ]

  private static func holding(_ bytes: [UInt8]) -> KernelSources {
    KernelSources(
      file: { _ throws(KernelError) in bytes },
      filter: { model, _ throws(KernelError) in
        throw .unusableModel(model, reason: "there is none here")
      })
  }

  /// A kernel written as a file reads back as the same kernel.
  private static func writeBack(_ stage: Stage) throws {
    guard case .correlate(let kernel) = stage.operation, kernel.taps.count <= 4096 else { return }
    let text = kernel.fileText()
    let again = try KernelSpec.parse("kernel.txt", sources: holding(Array(text.utf8)))
    guard case .correlate(let same) = again.operation else {
      throw Finding(description: "a kernel becomes something else")
    }
    try demand(
      same.width == kernel.width && same.height == kernel.height && same.depth == kernel.depth,
      "a kernel comes back with other sides")
    try demand(same.taps == kernel.taps, "weights come back changed")
    try demand(same.offset == kernel.offset, "the offset comes back changed")
    // A kernel of factors sums its weights in another order.
    try demand(
      abs(same.divisor - kernel.divisor) <= 1e-12 * abs(kernel.divisor),
      "the scale comes back changed")
  }
}
