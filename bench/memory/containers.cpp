// What C++ programs do with memory: strings, maps, vectors that grow, shared objects, a list that is sorted.
#include <kernprof.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

struct shape {
    virtual ~shape() = default;
    virtual double area() const = 0;
};

struct square : shape {
    explicit square(double side) : side(side) {}
    double area() const override { return side * side; }
    double side;
};

KP_PROFILE static std::size_t words(unsigned count)
{
    std::map<std::string, std::vector<unsigned>> places;
    for (unsigned i = 0; i < count; i++)
        places["a word of some length " + std::to_string(i * 7919u % 20011u)].push_back(i);
    std::unordered_map<std::string, unsigned> lengths;
    for (const auto &place : places)
        lengths[place.first] = static_cast<unsigned>(place.second.size());
    return lengths.size();
}

KP_PROFILE static double shapes(unsigned count)
{
    std::list<std::shared_ptr<shape>> all;
    for (unsigned i = 0; i < count; i++)
        all.push_back(std::make_shared<square>(i % 17));
    all.sort([](const auto &a, const auto &b) { return a->area() < b->area(); });
    double sum = 0;
    for (const auto &one : all)
        sum += one->area();
    return sum;
}

KP_PROFILE int main(int argc, char **argv)
{
    unsigned count = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1;
    for (unsigned round = 0; round < count; round++)
        std::printf("%zu %g\n", words(40000), shapes(100000));
    return 0;
}
