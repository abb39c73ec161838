internal import CConvKernels
import Synchronization

/// The frequencies of the weights of a part, laid out as a tile; computed when first asked for, as a body
/// may be planned for another processor than this.
final class TransformedWeights: @unchecked Sendable {
  // Safety: written once, with the lock held; read only afterwards.
  private let memory: UnsafeMutablePointer<Double>
  private let isMade = Mutex(false)
  private let part: TransformLayout.ShiftedTaps
  private let plan: FourierPlan

  init(_ part: TransformLayout.ShiftedTaps, _ plan: FourierPlan) {
    self.part = part
    self.plan = plan
    memory = UnsafeMutableRawPointer.allocate(byteCount: plan.tileDoubles * 8, alignment: 64)
      .bindMemory(to: Double.self, capacity: plan.tileDoubles)
  }

  deinit { UnsafeMutableRawPointer(memory).deallocate() }

  var byteCount: Int { plan.tileDoubles * 8 }

  /// The strips, one after the other.
  var strips: UnsafePointer<Double> {
    isMade.withLock { isMade in
      if !isMade { make() }
      isMade = true
    }
    return UnsafePointer(memory)
  }

  /// Turned round, so that a product of frequencies is a correlation; scaled by 1 / points, a power of two.
  private func make() {
    var rows = [[(column: Int, weight: Int)]](repeating: [], count: plan.rows)
    for tap in part.taps {
      rows[(plan.rows - tap.row) % plan.rows].append(
        ((plan.columns - tap.column) % plan.columns, tap.weight))
    }
    let scale = 1 / Double(plan.rows * plan.columns)
    let table = plan.kernels.table.pointee
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * plan.columns) { buffer in
      let line = buffer.baseAddress!
      plan.withJob { job in
        for (index, taps) in rows.enumerated() {
          line.initialize(repeating: 0, count: 2 * plan.columns)
          for tap in taps { line[tap.column] += Double(tap.weight) * scale }
          table.transform_row(line, line + plan.columns, memory + index * plan.lineDoubles, job)
        }
        for strip in 0..<plan.strips {
          let start = memory + strip * plan.stripDoubles
          table.transform_columns(start, job)
          table.finish_columns(start, plan.rows)
        }
      }
    }
  }
}
