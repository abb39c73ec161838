internal import CConvKernels

/// The order of the weights, that of their sums, and that in which the gradient of the input wants them.
extension ConvolutionGradients {
  /// From the order of the sums to that of the weights.
  func finish(
    _ partial: UnsafePointer<Float>, _ weightGradient: UnsafeMutablePointer<Float>,
    _ biasGradient: UnsafeMutablePointer<Float>?
  ) {
    let shape = plan.shape
    if weightWay == .lists {
      // [filter][block][tap][lane] → [tap][channel][filter].
      let (lanes, taps) = (kernels.lanes, plan.taps.count)
      let row = shape.inputChannels * taps
      for block in 0..<shape.inputChannels / lanes {
        for tap in 0..<taps {
          kernels.table.transpose(
            shape.outputChannels, lanes, partial + (block * taps + tap) * lanes, row,
            weightGradient + (tap * shape.inputChannels + block * lanes) * shape.outputChannels,
            shape.outputChannels)
        }
      }
    } else {
      weightGradient.update(from: partial, count: shape.weightCount)
    }
    biasGradient?.update(
      from: partial + shape.weightCount, count: shape.outputChannels)
  }

  /// Lays the weights out for the gradient of the input.
  func turn(_ weights: UnsafePointer<Float>) {
    let shape = plan.shape
    let taps = plan.taps.count
    let tapCount = shape.inputChannels * shape.outputChannels
    if inputWay == .lists {
      let lanes = kernels.lanes
      for tap in 0..<taps {
        for block in 0..<shape.inputChannels / lanes {
          kernels.table.transpose(
            lanes, shape.outputChannels,
            weights + tap * tapCount + block * lanes * shape.outputChannels, shape.outputChannels,
            turned.pointer + (block * shape.outputChannels * taps + tap) * lanes, taps * lanes)
        }
      }
      return
    }
    let panelCount = taps * shape.outputChannels * kernels.panel
    for (tap, place) in plan.turnedPlaces.enumerated() {
      let flipped = place * shape.outputChannels * kernels.panel
      for panel in 0..<kernels.panels(shape.inputChannels) {
        let first = panel * kernels.panel
        kernels.table.transpose(
          min(kernels.panel, shape.inputChannels - first), shape.outputChannels,
          weights + tap * tapCount + first * shape.outputChannels, shape.outputChannels,
          turned.pointer + panel * panelCount + flipped, kernels.panel)
      }
    }
    if kernels.takesPairs {
      kernels.pairPanels(
        kernels.panels(shape.inputChannels), runs: taps, length: shape.outputChannels,
        turned.pointer)
    }
  }
}
