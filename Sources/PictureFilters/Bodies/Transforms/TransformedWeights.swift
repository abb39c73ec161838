internal import CConvKernels

/// The frequencies of weights, laid out as a tile.
final class TransformedWeights: @unchecked Sendable {
  // Safety: written in `init` only.
  let doubles: UnsafeMutablePointer<Double>
  let byteCount: Int

  /// Turned round, so that a product of frequencies is a correlation; scaled by 1 / points, a power of two.
  init(_ part: TransformLayout.Part, _ plan: FourierPlan) {
    byteCount = plan.tileDoubles * 8
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount + 16 * plan.columns, alignment: 64)
    doubles = memory.bindMemory(to: Double.self, capacity: plan.tileDoubles + 2 * plan.columns)
    let line = doubles + plan.tileDoubles
    var rows = [[(column: Int, weight: Int)]](repeating: [], count: plan.rows)
    for tap in part.taps {
      rows[(plan.rows - tap.row) % plan.rows].append(
        ((plan.columns - tap.column) % plan.columns, tap.weight))
    }
    let scale = 1 / Double(plan.rows * plan.columns)
    let table = plan.kernels.table.pointee
    plan.withJob { job in
      for (index, taps) in rows.enumerated() {
        line.update(repeating: 0, count: 2 * plan.columns)
        for tap in taps { line[tap.column] += Double(tap.weight) * scale }
        table.transform_row(line, line + plan.columns, doubles + index * plan.lineDoubles, job)
      }
      for strip in 0..<plan.strips {
        table.transform_columns(doubles + strip * plan.stripDoubles, job)
        table.finish_columns(doubles + strip * plan.stripDoubles, plan.rows)
      }
    }
  }

  deinit { UnsafeMutableRawPointer(doubles).deallocate() }
}
