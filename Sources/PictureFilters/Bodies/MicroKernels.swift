package import CConvKernels
import ConvEngine

/// The micro-kernels of one instruction set.
package struct MicroKernels: @unchecked Sendable {
  // Safety: points to a constant table.
  package let table: UnsafePointer<conv_filter_table>

  /// Those of the level in use.
  package static var current: MicroKernels { MicroKernels(table: conv_filter_kernels()) }

  /// All that this processor can run, from the narrowest.
  package static var available: [MicroKernels] {
    let sets = InstructionSet.available.map(\.code)
    let extensions = conv_detected_processor().extensions
    let plain = sets.compactMap { conv_filter_table_for($0, conv_extensions()) }
    let extended = conv_filter_table_for(sets.last!, extensions)!
    return (plain.contains(extended) ? plain : plain + [extended]).map(MicroKernels.init)
  }

  /// "avx2", say.
  package var name: String {
    String(cString: conv_instruction_set_name(table.pointee.set))
      + (table.pointee.dot_bytes == nil ? "" : "+vnni")
  }
}
