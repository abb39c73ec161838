extension Dataset {
  /// The same images with the classes of a model: matched by name, not by place.
  ///
  /// - Parameter names: the classes in the model's order; those without a picture are kept.
  /// - Throws: `DatasetError.unknownClass` for a class with pictures that the model does not know.
  public func matched(to names: [String]) throws(DatasetError) -> Dataset {
    if names == classNames { return self }
    let supports = [train, validation, test].compactMap { $0?.support(classes: classNames.count) }
    let used = classNames.indices.map { label in supports.contains { $0[label] > 0 } }
    var place: [Int32] = []
    for (index, name) in classNames.enumerated() {
      if let match = names.firstIndex(of: name) {
        place.append(Int32(match))
      } else {
        if used[index] { throw .unknownClass(name: name, known: names) }
        place.append(0)
      }
    }
    func relabelled(_ images: LabelledImages) -> LabelledImages {
      images.relabelled { place[Int($0)] }
    }
    var result = self
    result.classNames = names
    result.train = relabelled(train)
    result.validation = validation.map(relabelled)
    result.test = relabelled(test)
    return result
  }
}
