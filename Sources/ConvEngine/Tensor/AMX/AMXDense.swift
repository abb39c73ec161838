internal import CConvKernels
import Raster

/// The products of a `DenseBlock` by blocks of bfloat16.
final class AMXDense: @unchecked Sendable {
  // Safety: tasks of one call write rows, blocks of filters or inputs of their own.
  private let inputs, outputs: Int
  private let kernels: TensorKernels
  /// Rows of `x` and of `dy`, each rounded, in whole steps of a sum: an odd number of cache lines apart.
  private let x, dy: TensorMemory<Float>
  private let inputPitch, outputPitch: Int
  /// `[16 outputs][step][pair of inputs][output]`.
  private let weights: TensorMemory<Float>
  private let spaces: Workspaces<PassMemory>

  private static let (step, side) = (AMXCorrelation.step, AMXCorrelation.side)
  private static let blockFloats = side * side

  /// Steps of a sum over so many numbers.
  static func steps(_ count: Int) -> Int { (count + step - 1) / step }

  /// nil where products of pairs take the layer: few inputs or outputs fill no block.
  init?(inputs: Int, outputs: Int, maximumBatch: Int, _ kernels: TensorKernels) {
    guard kernels.takesBlocks, min(inputs, outputs) >= Self.side else { return nil }
    self.inputs = inputs
    self.outputs = outputs
    self.kernels = kernels
    inputPitch = (Self.steps(inputs) | 1) * Self.step / 2
    outputPitch = (Self.steps(outputs) | 1) * Self.step / 2
    // Blocks of rows are read whole.
    let rows = Self.steps(maximumBatch) * Self.step
    x = TensorMemory(count: rows * inputPitch)
    dy = TensorMemory(count: rows * outputPitch)
    weights = TensorMemory(
      count: AMXCorrelation.columns(outputs) * Self.steps(inputs) * Self.step / 2)
    spaces = Workspaces { PassMemory() }
  }

  /// Floats that `turn` fills for so many rows.
  static func turnedCount(rows: Int, outputs: Int) -> Int {
    AMXCorrelation.columns(outputs) * steps(rows) * step / 2
  }

  private func round(
    _ count: Int, _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>
  ) {
    kernels.table.round_row(
      count, from, UnsafeMutableRawPointer(to).assumingMemoryBound(to: UInt16.self))
  }

  /// Lays down the input.
  func lay(_ batch: Int, _ x: UnsafePointer<Float>, _ team: ThreadTeam) {
    nonisolated(unsafe) let x = x
    team.split(0..<batch, grain: max(1, 65536 / inputs)) { rows in
      for row in rows {
        self.round(
          self.inputs, x + row * self.inputs, self.x.pointer + row * self.inputPitch)
      }
    }
  }

  /// Lays down the weights.
  func lay(weights: UnsafePointer<Float>, _ team: ThreadTeam) {
    nonisolated(unsafe) let weights = weights
    let (side, floats) = (Self.side, Self.steps(inputs) * Self.blockFloats)
    team.run(AMXCorrelation.columns(outputs) / side) { block in
      self.kernels.table.pair_rows(
        self.inputs, min(side, self.outputs - block * side), weights + block * side, self.outputs,
        self.weights.pointer + block * floats, side)
    }
  }

  /// Sums of some rows and outputs over some steps.
  ///
  /// - Parameters:
  ///   - columns: outputs, from a whole block on.
  ///   - c: the first of these sums, rows `outputs` apart.
  func forward(
    _ rows: Range<Int>, _ columns: Range<Int>, steps: Range<Int>,
    into c: UnsafeMutablePointer<Float>
  ) {
    let (side, unit) = (Self.side, MemoryLayout<Float>.size)
    var work = net_blocks()
    work.rows = (rows.count + side - 1) / side
    work.columns = (columns.count + side - 1) / side
    work.a = UnsafeRawPointer(
      x.pointer + rows.lowerBound * inputPitch + steps.lowerBound * Self.step / 2)
    work.a_row = inputPitch * unit
    work.a_block = side * work.a_row
    work.b = UnsafeRawPointer(
      weights.pointer
        + (columns.lowerBound / side * Self.steps(inputs) + steps.lowerBound) * Self.blockFloats)
    work.b_row = side * unit
    work.b_block = Self.steps(inputs) * Self.blockFloats * unit
    multiply(
      &work, steps: steps.count, left: Self.step / 2 * unit, right: Self.blockFloats * unit
    ) { sums, pitch in
      for row in 0..<rows.count {
        (c + row * outputs).update(from: sums + row * pitch, count: columns.count)
      }
    }
  }

  /// A product of neighbouring steps.
  ///
  /// - Parameters:
  ///   - left, right: bytes between steps of the operands.
  ///   - take: given the sums and how far rows are.
  private func multiply(
    _ work: inout net_blocks, steps: Int, left: Int, right: Int,
    _ take: (_ sums: UnsafeMutablePointer<Float>, _ pitch: Int) -> Void
  ) {
    let (lefts, rights) = ((0..<steps).map { $0 * left }, (0..<steps).map { $0 * right })
    spaces.borrow { space in
      // Safety: whole blocks have room here, and in the operands.
      work.c_row = work.columns * Self.side
      work.c = space.floats(.products, work.rows * Self.side * work.c_row)
      work.steps = steps
      lefts.withUnsafeBufferPointer { lefts in
        rights.withUnsafeBufferPointer { rights in
          work.a_steps = lefts.baseAddress
          work.b_steps = rights.baseAddress
          kernels.table.products_of_blocks(1, &work)
        }
      }
      take(work.c, work.c_row)
    }
  }

  /// The gradient of the output by pairs of rows: `[16 outputs][step][output][pair]`, and by itself.
  ///
  /// - Parameters:
  ///   - dy: of all rows that the gradients of the weights are summed over.
  ///   - own: of this batch.
  func turn(
    rows: Int, _ dy: UnsafePointer<Float>, batch: Int, own: UnsafePointer<Float>,
    into turned: UnsafeMutablePointer<Float>
  ) {
    let (side, steps) = (Self.side, Self.steps(rows))
    spaces.borrow { space in
      let pairs = space.floats(.inputs, steps * side * outputs)
      kernels.table.pair_rows(rows, outputs, dy, outputs, pairs, outputs)
      let filled = (rows + 1) / 2 * outputs
      (pairs + filled).update(repeating: 0, count: steps * side * outputs - filled)
      for first in stride(from: 0, to: outputs, by: side) {
        for step in 0..<steps {
          kernels.table.transpose(
            side, min(side, outputs - first), pairs + step * side * outputs + first, outputs,
            turned + (first / side * steps + step) * Self.blockFloats, side)
        }
      }
    }
    for row in 0..<batch {
      round(outputs, own + row * outputs, self.dy.pointer + row * outputPitch)
    }
  }

  /// dyᵀ · x by pairs of rows.
  ///
  /// - Parameters:
  ///   - turned: as `turn` wrote it.
  ///   - fill: writes pairs of rows of `count` inputs, each `pitch` floats behind the last.
  ///   - weightGradient: `[input][output]`, of these inputs.
  func addWeights(
    rows: Int, inputs count: Int, _ turned: UnsafePointer<Float>,
    into weightGradient: UnsafeMutablePointer<Float>,
    _ fill: (_ pairs: UnsafeMutablePointer<Float>, _ pitch: Int) -> Void
  ) {
    let (side, unit, steps) = (Self.side, MemoryLayout<Float>.size, Self.steps(rows))
    let pitch = AMXCorrelation.columns(count)
    spaces.borrow { space in
      let pairs = space.floats(.inputs, steps * side * pitch)
      // Numbers that meet zeros must be numbers.
      let filled = (rows + 1) / 2 * pitch
      (pairs + filled).update(repeating: 0, count: steps * side * pitch - filled)
      fill(pairs, pitch)
      var work = net_blocks()
      work.rows = AMXCorrelation.columns(outputs) / side
      work.columns = pitch / side
      work.a = UnsafeRawPointer(turned)
      work.a_row = side * unit
      work.a_block = steps * Self.blockFloats * unit
      work.b = UnsafeRawPointer(pairs)
      work.b_row = pitch * unit
      work.b_block = side * unit
      multiply(
        &work, steps: steps, left: Self.blockFloats * unit, right: side * pitch * unit
      ) { sums, row in
        kernels.table.transpose(outputs, count, sums, row, weightGradient, outputs)
      }
    }
  }

  /// dy · Wᵀ of some inputs.
  ///
  /// - Parameters:
  ///   - weights: of the first of these.
  ///   - take: given the gradients of a row.
  func input(
    batch: Int, inputs count: Int, weights: UnsafePointer<Float>,
    _ take: (_ row: Int, _ values: UnsafePointer<Float>) -> Void
  ) {
    let (side, unit, steps) = (Self.side, MemoryLayout<Float>.size, Self.steps(outputs))
    let pairs = steps * side
    spaces.borrow { space in
      let blocks = AMXCorrelation.columns(count) / side
      let packed = space.floats(.packed, blocks * pairs * side)
      let rounded = space.floats(.planes, side * pairs)
      rounded.update(repeating: 0, count: side * pairs)
      for block in 0..<blocks {
        let own = min(side, count - block * side)
        for input in 0..<own {
          round(outputs, weights + (block * side + input) * outputs, rounded + input * pairs)
        }
        kernels.table.transpose(
          own, pairs, rounded, pairs, packed + block * pairs * side, side)
      }
      var work = net_blocks()
      work.rows = (batch + side - 1) / side
      work.columns = blocks
      work.a = UnsafeRawPointer(dy.pointer)
      work.a_row = outputPitch * unit
      work.a_block = side * work.a_row
      work.b = UnsafeRawPointer(packed)
      work.b_row = side * unit
      work.b_block = pairs * side * unit
      multiply(
        &work, steps: steps, left: Self.step / 2 * unit, right: Self.blockFloats * unit
      ) { sums, row in
        for index in 0..<batch { take(index, sums + index * row) }
      }
    }
  }
}
