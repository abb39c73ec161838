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
    var count = 0
    let tables = conv_tables(&count)!
    return (0..<count).map { tables[$0]! }.filter(conv_table_runs).map(MicroKernels.init)
  }

  /// Of whole filters.
  package var table: UnsafePointer<conv_filter_table> { compiled.pointer(to: \.filter)! }

  /// Of rows without a window.
  package var rows: conv_row_table { compiled.pointee.rows }

  /// "avx2", say.
  package var name: String {
    String(cString: conv_instruction_set_name(compiled.pointee.needs.set))
      + (compiled.pointee.needs.extensions.vnni ? "+vnni" : "")
  }
}
