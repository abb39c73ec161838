package import CConvKernels
import ConvEngine

/// The micro-kernels of one instruction set.
package struct MicroKernels: @unchecked Sendable {
  // Safety: points to a constant table.
  private let compiled: UnsafePointer<conv_table>

  /// Those of the level in use.
  package static var current: MicroKernels { MicroKernels(compiled: conv_current_table()) }

  /// All that this processor can run, from the narrowest.
  package static var available: [MicroKernels] {
    everyCompiled.filter { conv_table_runs($0.compiled) }
  }

  /// Those of other processors of this kind too: to be asked what they have, not to be run.
  package static var everyCompiled: [MicroKernels] {
    var count = 0
    let tables = conv_tables(&count)!
    return (0..<count).map { MicroKernels(compiled: tables[$0]!) }
  }

  /// Of whole filters.
  package var table: UnsafePointer<conv_filter_table> { compiled.pointer(to: \.filter)! }

  /// Of rows that become longer or shorter.
  var resize: conv_resize_table { compiled.pointee.resize }

  /// Of rows without a window.
  package var rows: conv_row_table { compiled.pointee.rows }

  /// "avx2" or "avx512+vnni", say; each set has its own.
  package var name: String {
    let needs = compiled.pointee.needs
    return String(cString: conv_instruction_set_name(needs.set))
      + (needs.extensions.vnni ? "+vnni" : "") + (needs.extensions.bf16 ? "+bf16" : "")
      + (needs.extensions.amx ? "+amx" : "")
  }

  /// Whether four bytes are multiplied and added at once.
  var hasByteDots: Bool { table.pointee.dot_bytes != nil }

  /// Whether few taps are taken straight from rows of bytes.
  var hasNarrowRows: Bool { table.pointee.narrow_row != nil }
}
