internal import CConvKernels

extension DenseBlock {
  /// Inputs that `backward` takes at a time: whole panels that stay in the cache.
  static func grain(_ outputs: Int, _ batch: Int, _ kernels: TensorKernels) -> Int {
    let fitting = min(256, 65536 / outputs, 65536 / batch)
    return max(1, fitting / kernels.panel) * kernels.panel
  }

  /// - Parameters:
  ///   - y: as written by `forward`.
  ///   - dy: batch · outputs; set to 0 where the ReLU was shut.
  ///   - dx: batch · inputs, overwritten, or nil; may be `x` itself, but where other ranks read `x` as it lies
  ///     they wait for each other then.
  ///   - weightGradient: inputs · outputs, overwritten with the sum over the batch; where ranks share it perhaps
  ///     this one's alone (`parts`).
  ///   - biasGradient: outputs, overwritten, or nil.
  ///   - maskingInput: whether to set dx to 0 wherever x ≤ 0 (x came out of a ReLU; saves that
  ///     layer the work: its `backward` takes `isMasked: true`).
  ///   - share: where `batch` are this rank's rows of a larger batch, over which the sums run.
  public func backward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>, y: UnsafePointer<Float>,
    dy: UnsafeMutablePointer<Float>, dx: UnsafeMutablePointer<Float>?,
    weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>?,
    maskingInput: Bool = false, share: BatchShare? = nil
  ) {
    precondition(batch <= maximumBatch && packedGradient.count > 0, "made for training")
    if relu { kernels.table.mask(batch * outputs, y, dy, dy) }
    if let share { collect(share, batch: batch, x: x, dy: dy) }
    let sums =
      share == nil
      ? Sums(
        rows: batch, dy: dy, packed: packedGradient, inputs: 0..<inputs,
        parts: [RowPart(rows: 0..<batch, x: x, pitch: inputs, input: 0)])
      : shared.sums!
    if let biasGradient {
      kernels.table.column_sums(sums.rows, outputs, sums.dy, outputs, biasGradient)
    }
    if let amx {
      amx.turn(rows: sums.rows, sums.dy, batch: batch, own: dy, into: sums.packed.pointer)
    } else if takesPairs {
      kernels.packPairs(
        length: sums.rows, columns: outputs, sums.dy, pitch: outputs, into: sums.packed.pointer)
      kernels.fold(rows: batch, columns: outputs, dy, into: foldedGradient.pointer)
    } else {
      kernels.pack(
        rows: sums.rows, columns: outputs, sums.dy, pitch: outputs, into: sums.packed.pointer)
    }
    let isOwnSparse =
      dx != nil && relu && kernels.precision == .f32
      && entries.fill(rows: batch, outputs: outputs, dy, panel: kernels.panel)
    // All ranks go the same way.
    let isSparse =
      share == nil
      ? isOwnSparse
      : dx != nil && relu && kernels.precision == .f32
        && Self.isSparse(rows: sums.rows, outputs: outputs, sums.dy)
    let work = Backward(
      sums: sums, batch: batch, x: x, weights: weights, dy: dy, weightGradient: weightGradient,
      masksInput: maskingInput, isSparse: isSparse)
    run(work, sums.inputs, weights: true, input: dx)
    if let share, sums.readsOthers {
      tellRead(share, isOverwritten: dx == UnsafeMutablePointer(mutating: x))
    }
    run(work, 0..<sums.inputs.lowerBound, weights: false, input: dx)
    run(work, sums.inputs.upperBound..<inputs, weights: false, input: dx)
  }

  /// What the tasks of a way back share.
  private struct Backward: @unchecked Sendable {
    // Safety: each task writes the gradients of its own inputs, and reads those of `x` before.
    let sums: Sums
    let batch: Int
    let x, weights: UnsafePointer<Float>
    let dy, weightGradient: UnsafeMutablePointer<Float>
    let masksInput, isSparse: Bool
  }

  /// The gradients of some inputs, and of their weights if asked for.
  private func run(
    _ work: Backward, _ inputs: Range<Int>, weights doesWeights: Bool,
    input dx: UnsafeMutablePointer<Float>?
  ) {
    if inputs.isEmpty || !doesWeights && dx == nil { return }
    nonisolated(unsafe) let dx = dx
    // Several blocks a task, so that one is fetched while its forerunner is computed; but enough
    // tasks for all threads.
    let together = min(4, max(1, inputs.count / (8 * grain)))
    team.split(inputs, grain: together * grain) { part in
      self.turnedWeights.borrow { turned in
        for first in stride(from: part.lowerBound, to: part.upperBound, by: self.grain) {
          let last = min(first + self.grain, part.upperBound)
          let block = Block(batch: work.batch, inputs: first..<last, x: work.x)
          if doesWeights {
            self.addWeights(
              work.sums, first..<last, work.weightGradient + first * self.outputs)
          }
          guard let dx else { continue }
          if let amx = self.amx {
            let own = work.weights + first * self.outputs
            amx.input(batch: work.batch, inputs: block.inputs.count, weights: own) { row, values in
              let place = row * self.inputs + first
              if work.masksInput {
                self.kernels.table.mask(
                  block.inputs.count, work.x + place, values, dx + place)
              } else {
                (dx + place).update(from: values, count: block.inputs.count)
              }
            }
            continue
          }
          self.kernels.packTransposed(
            rows: self.outputs, columns: last - first, work.weights + first * self.outputs,
            pitch: self.outputs, into: turned.pointer)
          if work.isSparse {
            let next = last + self.grain <= part.upperBound ? work.x + last : nil
            self.sparseInput(block, dx, masked: work.masksInput, turned.pointer, next: next)
          } else {
            if self.takesPairs {
              self.kernels.pairPanels(
                self.kernels.panels(last - first), length: self.outputs, turned.pointer)
            }
            self.input(block, work.dy, dx, masked: work.masksInput, turned.pointer)
          }
        }
      }
    }
  }

  /// Some of the inputs that stay in the cache.
  struct Block {
    let batch: Int
    let inputs: Range<Int>
    let x: UnsafePointer<Float>
  }

  /// All rows that the gradients of the weights are summed over.
  struct Sums: @unchecked Sendable {
    // Safety: read only, while a pass runs.
    let rows: Int
    let dy: UnsafePointer<Float>
    /// `dy` in panels.
    let packed: TensorMemory<Float>
    /// Those whose weights' gradients are summed here.
    let inputs: Range<Int>
    /// Where the values of these inputs are, in the order of the rows.
    let parts: [RowPart]
    /// Whether some of the values are other ranks' memory.
    var readsOthers = false
  }

  /// Values of neighbouring rows.
  struct RowPart {
    let rows: Range<Int>
    /// Of the first row, from `input` on.
    let x: UnsafePointer<Float>
    /// From row to row.
    let pitch: Int
    let input: Int
  }

  /// xᵀ · dy: one sum over all rows, however they lie in parts.
  private func addWeights(
    _ sums: Sums, _ range: Range<Int>, _ weightGradient: UnsafeMutablePointer<Float>
  ) {
    if takesPairs || amx != nil { return addPairs(sums, range, weightGradient) }
    for (index, part) in sums.parts.enumerated() {
      var product = net_product()
      product.rows = range.count
      product.columns = outputs
      product.a = part.x + (range.lowerBound - part.input)
      product.a_row = 1
      product.a_step = part.pitch
      product.run_length = part.rows.count
      product.b = UnsafePointer(sums.packed.pointer + part.rows.lowerBound * kernels.panel)
      product.b_step = kernels.panel
      product.b_panel = sums.rows * kernels.panel
      product.c = weightGradient
      product.c_row = outputs
      product.accumulate = index > 0
      kernels.multiply(&product)
    }
  }

  /// dy · Wᵀ, 0 where x is not positive if that is to be masked.
  private func input(
    _ block: Block, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, masked: Bool,
    _ turned: UnsafePointer<Float>
  ) {
    var product = net_product()
    product.rows = block.batch
    product.columns = block.inputs.count
    let depth = takesPairs ? TensorKernels.pairs(outputs) : outputs
    product.a = takesPairs ? UnsafePointer(foldedGradient.pointer) : dy
    product.a_row = depth
    product.a_step = 1
    product.run_length = depth
    product.b = turned
    product.b_step = kernels.panel
    product.b_panel = depth * kernels.panel
    product.c = dx + block.inputs.lowerBound
    product.c_row = inputs
    product.mask = masked ? block.x + block.inputs.lowerBound : nil
    product.mask_row = inputs
    kernels.multiply(&product, pairs: takesPairs)
  }
}
