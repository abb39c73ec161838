import KernelLanguage

/// The filters of a convolution, or the weights of a dense layer on pixels, to look at.
public struct FilterBank: Sendable, Hashable {
  /// `conv1`.
  public var name: String
  public var height: Int
  public var width: Int
  public var channels: Int
  public var filters: Int
  /// `[filter][row][column][channel]`, as trained.
  public var weights: [Float]

  /// The weights of one filter: rows, columns, channel innermost.
  public func filter(_ index: Int) -> ArraySlice<Float> {
    let size = height * width * channels
    return weights[index * size..<(index + 1) * size]
  }
}

extension Model {
  /// The filters of the convolution `name`.
  ///
  /// - Throws: when there is no such layer, or it is no convolution.
  public func filters(of name: String) throws(NetworkError) -> FilterBank {
    bank(of: try convolution(name))
  }

  /// What a dense layer that sees the picture itself weighs each pixel with, one bank entry an output;
  /// nil where a convolution or another layer with weights comes before.
  public var pixelWeights: FilterBank? {
    guard let node = network.allNodes.first(where: { !$0.slots.isEmpty }), node.layer is Dense
    else { return nil }
    let (input, memory) = (network.input, node.slots[0].shape.memory)
    return memory.dropLast().elementsEqual([input.height, input.width, input.channels])
      ? bank(of: node) : nil
  }

  private func bank(of node: LayerNode) -> FilterBank {
    let shape = node.slots[0].shape
    let memory = Array(weights.values(of: node.slots[0]))
    let filters = shape.memory[3]
    let size = memory.count / filters
    let values = (0..<filters).flatMap { filter in
      (0..<size).map { memory[$0 * filters + filter] }
    }
    return FilterBank(
      name: node.name, height: shape.memory[0], width: shape.memory[1], channels: shape.memory[2],
      filters: filters, weights: values)
  }

  /// The filters of the first convolution, where there is one.
  public var firstFilters: FilterBank? {
    guard let node = network.allNodes.first(where: { $0.layer is Conv2D }) else { return nil }
    return try? filters(of: node.name)
  }

  /// One filter of the first layer as a kernel for pictures, with the model's own normalisation.
  ///
  /// The kernel takes levels and yields levels, on the scale on which white (255) is 1: where the
  /// layer yields v before its activation, the kernel yields 255·v. With `scale` and `shift` of
  /// `Normalization`,
  ///
  ///     taps[j, i, c] = 255 · w[j, i, c] · scale[c]
  ///     offset        = 255 · (bias + Σ w[j, i, c] · shift[c])
  ///
  /// Clipping to 0 is the layer's ReLU. Dilated filters come with zeros between the taps. What
  /// lies beyond the border is the layer's affair, not the kernel's: `stage(named:)` knows it.
  ///
  /// - Parameter name: layer and filter from 0: `conv1/5`.
  /// - Throws: for unknown names, and for layers that don't see the picture itself.
  public func kernel(named name: String) throws(NetworkError) -> Kernel {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let node = try convolution(parts[0])
    guard let layer = node.layer as? Conv2D else { throw .notAConvolution(parts[0]) }
    if node.name != network.nodes[0].name { throw .notFirstLayer(node.name) }
    guard parts.count == 2, let index = Int(parts[1]), (0..<layer.filters).contains(index) else {
      throw .filterOutOfRange(name, filters: layer.filters)
    }
    let bank = try filters(of: node.name)
    let filter = Array(bank.filter(index))
    let window = layer.window
    let channels = bank.channels
    let (scale, shift) = (normalization.scale, normalization.shift)
    var taps = [Double](repeating: 0, count: window.spanY * window.spanX * channels)
    var offset = node.slots.count > 1 ? Double(weights.trained[node.slots[1].offset + index]) : 0
    for place in filter.indices {
      let (pixel, c) = (place / channels, place % channels)
      let y = pixel / window.width * window.dilationY
      let x = pixel % window.width * window.dilationX
      taps[(y * window.spanX + x) * channels + c] = 255 * Double(filter[place]) * Double(scale[c])
      offset += Double(filter[place]) * Double(shift[c])
    }
    var kernel = Kernel(
      width: window.spanX, height: window.spanY, depth: channels, taps: taps, scale: 1,
      offset: 255 * offset, title: "filter \(index) of \(node.name)")
    kernel.offsetWhite = 255
    return kernel
  }

  /// One filter of the first layer as a stage: its kernel, its stride, and its padding.
  ///
  /// Layers pad with zeros after the normalisation: in each channel the level that the
  /// normalisation takes to 0, which lies between those of a picture.
  public func stage(named name: String) throws(NetworkError) -> Stage {
    let kernel = try kernel(named: name)
    guard let layer = network.nodes[0].layer as? Conv2D else { throw .notAConvolution(name) }
    let extent = layer.window.padding
    let levels = zip(normalization.scale, normalization.shift).map { -Double($1) / Double($0) }
    return Stage(
      .correlate(kernel),
      geometry: StageGeometry(
        strideX: layer.window.strideX, strideY: layer.window.strideY,
        padding: extent == nil ? .valid : .levels(levels), extent: extent),
      name: name)
  }

  private func convolution(_ name: String) throws(NetworkError) -> LayerNode {
    let nodes = network.allNodes
    guard let node = nodes.first(where: { $0.name == name }) else {
      throw .unknownLayerName(
        name, known: nodes.filter { $0.layer is Conv2D }.map(\.name))
    }
    if !(node.layer is Conv2D) { throw .notAConvolution(name) }
    return node
  }
}
